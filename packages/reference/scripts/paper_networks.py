"""The paper's networks besides ResNet and ResNeXt, in plain PyTorch, written from their articles.

Parameters have the names that sebench gives them. Nothing here is shared with the TypeScript that
it is the truth for.
"""

import torch
from torch import nn

from networks import Block, Layout, SqueezeExcite


class Unit(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs, outputs, kernel, stride=1, pad=None, groups=1, eps=1e-5, relu=True):
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        pad = (kernel[0] // 2, kernel[1] // 2) if pad is None else pad
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, pad, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=eps)
        if relu:
            self.relu = nn.ReLU()


def attach(block, channels, se):
    """Under the name `se`, or nothing."""
    if se is not None:
        block.se = SqueezeExcite(channels, se)


def scaled(block, x):
    return block.se(x) if hasattr(block, "se") else x


class Senet154(nn.Module):
    def __init__(self, classes, se, layout=Layout(ceil_pool=True)):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.conv2 = nn.Conv2d(64, 64, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(64)
        self.conv3 = nn.Conv2d(64, 128, 3, 1, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(128)
        pad = 0 if layout.ceil_pool else 1
        self.pool = nn.MaxPool2d(3, 2, pad, ceil_mode=layout.ceil_pool)
        inputs = 128
        for i, count in enumerate((3, 8, 36, 3)):
            width, outputs = 256 << i, 256 << i
            stage = nn.Sequential()
            for j in range(count):
                stride = 2 if j == 0 and i > 0 else 1
                stage.append(
                    Block(
                        "bottleneck", inputs, outputs, width, 64, stride, se, layout,
                        reduced=128 << i, projection=3 if stride == 2 else 1,
                    )
                )
                inputs = outputs
            setattr(self, f"layer{i + 1}", stage)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = self.pool(torch.relu(self.bn3(self.conv3(x))))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return self.fc(x.mean(dim=(2, 3)))


class PreActBlock(nn.Module):
    def __init__(self, kind, inputs, planes, stride, se, first):
        super().__init__()
        self.kind, self.first = kind, first
        self.place = None if se is None else se.place
        outputs = planes if kind == "basic" else 4 * planes
        self.bn1 = nn.BatchNorm2d(inputs)
        self.bn2 = nn.BatchNorm2d(planes)
        if kind == "basic":
            self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
            self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        else:
            self.conv1 = nn.Conv2d(inputs, planes, 1, stride, bias=False)
            self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(planes)
            self.conv3 = nn.Conv2d(planes, outputs, 1, bias=False)
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        channels = {"pre": inputs, "conv3x3": planes}.get(self.place, outputs)
        attach(self, channels, se)

    def at(self, place, x):
        return self.se(x) if self.place == place else x

    def forward(self, x):
        if self.first:
            x = torch.relu(self.bn1(x))
            y = self.at("pre", x)
        else:
            y = torch.relu(self.bn1(self.at("pre", x)))
        shortcut = self.downsample(x) if hasattr(self, "downsample") else x
        y = torch.relu(self.bn2(self.conv1(y)))
        if self.kind == "basic":
            y = self.conv2(self.at("conv3x3", y))
        else:
            y = torch.relu(self.bn3(self.conv2(y)))
            y = self.conv3(self.at("conv3x3", y))
        return self.at("post", self.at("standard", y) + self.at("identity", shortcut))


class PreAct(nn.Module):
    """He et al. 2016 (identity mappings), Zagoruyko & Komodakis 2016; for 32 x 32 images."""

    def __init__(self, kind, n, widen, classes, se):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        inputs = 16
        for i in range(3):
            planes = (16 << i) * widen
            stage = nn.Sequential()
            for j in range(n):
                stride = 2 if j == 0 and i > 0 else 1
                stage.append(PreActBlock(kind, inputs, planes, stride, se, first=j == 0))
                inputs = planes if kind == "basic" else 4 * planes
            setattr(self, f"layer{i + 1}", stage)
        self.bn = nn.BatchNorm2d(inputs)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return self.fc(torch.relu(self.bn(x)).mean(dim=(2, 3)))


class Vgg16(nn.Module):
    """With batch norm; SE after each ReLU, as a part of the convolution before it."""

    def __init__(self, classes, se, size):
        super().__init__()
        layers, inputs = [], 3
        for count, outputs in zip((2, 2, 3, 3, 3), (64, 128, 256, 512, 512)):
            for _ in range(count):
                conv = nn.Conv2d(inputs, outputs, 3, 1, 1)
                if se is not None:
                    conv.se = SqueezeExcite(outputs, se)
                layers += [conv, nn.BatchNorm2d(outputs), nn.ReLU()]
                inputs = outputs
            layers.append(nn.MaxPool2d(2))
        self.features = nn.ModuleList(layers)
        flat = 512 * (size // 32) ** 2
        parts = [nn.Linear(flat, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096)]
        parts += [nn.ReLU(), nn.Dropout(), nn.Linear(4096, classes)]
        self.classifier = nn.Sequential(*parts)

    def forward(self, x):
        conv = None
        for layer in self.features:
            x = layer(x)
            conv = layer if isinstance(layer, nn.Conv2d) else conv
            if isinstance(layer, nn.ReLU):
                x = scaled(conv, x)
        return self.classifier(x.flatten(1))


class SeparableBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, se):
        super().__init__()
        self.depthwise = Unit(inputs, inputs, 3, stride, groups=inputs)
        self.pointwise = Unit(inputs, outputs, 1)
        attach(self, outputs, se)

    def forward(self, x):
        return scaled(self, self.pointwise(self.depthwise(x)))


class MobileNet(nn.Module):
    def __init__(self, classes, se):
        super().__init__()
        self.stem = Unit(3, 32, 3, 2)
        inputs = 32
        stages = ((64,), (128, 128), (256, 256), (512,) * 6, (1024, 1024))
        for i, widths in enumerate(stages):
            stage = nn.Sequential()
            for j, outputs in enumerate(widths):
                stage.append(SeparableBlock(inputs, outputs, 2 if j == 0 and i > 0 else 1, se))
                inputs = outputs
            setattr(self, f"stage{i + 1}", stage)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.stem(x)
        for i in range(5):
            x = getattr(self, f"stage{i + 1}")(x)
        return self.fc(x.mean(dim=(2, 3)))


class ShuffleUnit(nn.Module):
    def __init__(self, inputs, outputs, first, grouped, se):
        super().__init__()
        inner = outputs // 4
        branch = outputs - inputs if first else outputs
        self.first = first
        self.compress = Unit(inputs, inner, 1, groups=3 if grouped else 1)
        self.depthwise = Unit(inner, inner, 3, 2 if first else 1, groups=inner, relu=False)
        self.expand = Unit(inner, branch, 1, groups=3, relu=False)
        attach(self, branch, se)

    def forward(self, x):
        y = self.compress(x)
        batch, channels, height, width = y.shape
        y = y.view(batch, 3, channels // 3, height, width).transpose(1, 2)
        y = y.reshape(batch, channels, height, width)
        y = scaled(self, self.expand(self.depthwise(y)))
        if not self.first:
            return torch.relu(x + y)
        return torch.relu(torch.cat([y, nn.functional.avg_pool2d(x, 3, 2, 1)], 1))


class ShuffleNet(nn.Module):
    """ShuffleNet v1, 1x, 3 groups."""

    def __init__(self, classes, se):
        super().__init__()
        self.stem = Unit(3, 24, 3, 2)
        inputs = 24
        for i, (count, outputs) in enumerate(((4, 240), (8, 480), (4, 960))):
            stage = nn.Sequential()
            for j in range(count):
                stage.append(ShuffleUnit(inputs, outputs, j == 0, i > 0 or j > 0, se))
                inputs = outputs
            setattr(self, f"stage{i + 2}", stage)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.stem(x), 3, 2, 1)
        x = self.stage4(self.stage3(self.stage2(x)))
        return self.fc(x.mean(dim=(2, 3)))


class InceptionModule(nn.Module):
    """Four branches; `pool` is avg or max with stride 1, or `pass`, which halves the map."""

    def __init__(self, inputs, single, pair, triple, pool, projection, se):
        super().__init__()
        stride = 2 if pool == "pass" else 1
        parts = self.add_module
        if single:
            parts("1x1", Unit(inputs, single, 1))
        parts("3x3_reduce", Unit(inputs, pair[0], 1))
        parts("3x3", Unit(pair[0], pair[1], 3, stride))
        parts("double3x3_reduce", Unit(inputs, triple[0], 1))
        parts("double3x3_1", Unit(triple[0], triple[1], 3))
        parts("double3x3_2", Unit(triple[1], triple[2], 3, stride))
        if projection:
            parts("pool_proj", Unit(inputs, projection, 1))
        self.outputs = (single or 0) + pair[1] + triple[2] + (projection or inputs)
        self.pool = {
            "avg": nn.AvgPool2d(3, 1, 1),
            "max": nn.MaxPool2d(3, 1, 1),
            "pass": nn.MaxPool2d(3, 2, ceil_mode=True),
        }[pool]
        attach(self, self.outputs, se)

    def forward(self, x):
        def run(*names):
            y = x
            for name in names:
                y = getattr(self, name)(y)
            return y

        branches = [run("1x1")] if hasattr(self, "1x1") else []
        branches.append(run("3x3_reduce", "3x3"))
        branches.append(run("double3x3_reduce", "double3x3_1", "double3x3_2"))
        y = self.pool(x)
        branches.append(self.pool_proj(y) if hasattr(self, "pool_proj") else y)
        return scaled(self, torch.cat(branches, 1))


class BnInception(nn.Module):
    MODULES = (
        ("3a", 64, (64, 64), (64, 96, 96), "avg", 32),
        ("3b", 64, (64, 96), (64, 96, 96), "avg", 64),
        ("3c", None, (128, 160), (64, 96, 96), "pass", None),
        ("4a", 224, (64, 96), (96, 128, 128), "avg", 128),
        ("4b", 192, (96, 128), (96, 128, 128), "avg", 128),
        ("4c", 160, (128, 160), (128, 160, 160), "avg", 128),
        ("4d", 96, (128, 192), (160, 192, 192), "avg", 128),
        ("4e", None, (128, 192), (192, 256, 256), "pass", None),
        ("5a", 352, (192, 320), (160, 224, 224), "avg", 128),
        ("5b", 352, (192, 320), (192, 224, 224), "max", 128),
    )

    def __init__(self, classes, se):
        super().__init__()
        self.conv1 = Unit(3, 64, 7, 2)
        self.conv2_reduce = Unit(64, 64, 1)
        self.conv2 = Unit(64, 192, 3)
        inputs = 192
        for name, *rest in self.MODULES:
            part = InceptionModule(inputs, *rest, se)
            self.add_module(f"inception_{name}", part)
            inputs = part.outputs
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        x = pool(self.conv2(self.conv2_reduce(pool(self.conv1(x)))))
        for name, *_ in self.MODULES:
            x = getattr(self, f"inception_{name}")(x)
        return self.fc(x.mean(dim=(2, 3)))


def chain(inputs, *rows):
    """Units (outputs, kernel, stride, pad) one after the other; one alone is not numbered."""
    units = []
    for outputs, kernel, *rest in rows:
        stride, pad = [*rest, None, None][:2]
        units.append(Unit(inputs, outputs, kernel, stride or 1, pad, eps=1e-3))
        inputs = outputs
    return units[0] if len(units) == 1 else nn.Sequential(*units)


class Branches(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        for i, branch in enumerate(branches):
            self.add_module(f"branch{i}", branch)
        self.count = len(branches)

    def forward(self, x):
        return torch.cat([getattr(self, f"branch{i}")(x) for i in range(self.count)], 1)


class ResidualBranches(Branches):
    def __init__(self, inputs, scale, last, se, *branches):
        super().__init__(*(chain(inputs, *rows) for rows in branches))
        self.scale, self.last = scale, last
        joined = sum(rows[-1][0] for rows in branches)
        self.conv2d = nn.Conv2d(joined, inputs, 1)
        self.place = None if se is None else se.place
        attach(self, inputs, se)

    def at(self, place, x):
        return self.se(x) if self.place == place else x

    def forward(self, x):
        y = self.at("standard", self.conv2d(super().forward(self.at("pre", x))))
        y = self.at("identity", x) + self.scale * y
        return self.at("post", y if self.last else torch.relu(y))


class InceptionResnet(nn.Module):
    """Inception-ResNet-v2 (Szegedy et al. 2017); SE in its 40 residual blocks."""

    def __init__(self, classes, se):
        super().__init__()
        self.conv2d_1a = chain(3, (32, 3, 2, 0))
        self.conv2d_2a = chain(32, (32, 3, 1, 0))
        self.conv2d_2b = chain(32, (64, 3))
        self.conv2d_3b = chain(64, (80, 1))
        self.conv2d_4a = chain(80, (192, 3, 1, 0))
        average = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        self.mixed_5b = Branches(
            chain(192, (96, 1)),
            chain(192, (48, 1), (64, 5)),
            chain(192, (64, 1), (96, 3), (96, 3)),
            nn.Sequential(average, chain(192, (64, 1))),
        )
        rows = ((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))
        self.repeat = self.repeated(10, 320, 0.17, se, rows)
        self.mixed_6a = Branches(
            chain(320, (384, 3, 2, 0)),
            chain(320, (256, 1), (256, 3), (384, 3, 2, 0)),
            nn.MaxPool2d(3, 2),
        )
        rows = ((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))
        self.repeat_1 = self.repeated(20, 1088, 0.1, se, rows)
        self.mixed_7a = Branches(
            chain(1088, (256, 1), (384, 3, 2, 0)),
            chain(1088, (256, 1), (288, 3, 2, 0)),
            chain(1088, (256, 1), (288, 3), (320, 3, 2, 0)),
            nn.MaxPool2d(3, 2),
        )
        rows = ((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))
        self.repeat_2 = self.repeated(9, 2080, 0.2, se, rows)
        self.block8 = ResidualBranches(2080, 1, True, se, *rows)
        self.conv2d_7b = chain(2080, (1536, 1))
        self.classif = nn.Linear(1536, classes)

    def repeated(self, count, channels, scale, se, rows):
        return nn.Sequential(
            *(ResidualBranches(channels, scale, False, se, *rows) for _ in range(count))
        )

    def forward(self, x):
        pool = nn.MaxPool2d(3, 2)
        x = pool(self.conv2d_2b(self.conv2d_2a(self.conv2d_1a(x))))
        x = pool(self.conv2d_4a(self.conv2d_3b(x)))
        x = self.repeat(self.mixed_5b(x))
        x = self.repeat_1(self.mixed_6a(x))
        x = self.block8(self.repeat_2(self.mixed_7a(x)))
        return self.classif(self.conv2d_7b(x).mean(dim=(2, 3)))
