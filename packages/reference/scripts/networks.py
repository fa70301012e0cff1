"""ResNet, ResNeXt and their SE variants in plain PyTorch, written from the papers.

He et al. 2016; Xie et al. 2017; Hu et al., "Squeeze-and-Excitation Networks", arXiv 1709.01507v4.
Nothing here is shared with the TypeScript that it is the truth for.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Se:
    reduction: int = 16
    squeeze: str = "avg"
    gate: str = "sigmoid"
    activation: str = "relu"
    place: str = "standard"
    stages: tuple = (2, 3, 4, 5)
    bias: bool = True
    divisor: int = 1
    """timm rounds the width of the bottleneck to a multiple of 8, and to 8 at least."""


@dataclass(frozen=True)
class Layout:
    """What published models differ in besides SE."""

    stride_in_first: bool = False
    ceil_pool: bool = False
    relu_before_se: bool = False


class SqueezeExcite(nn.Module):
    def __init__(self, channels, se):
        super().__init__()
        width = channels // se.reduction
        if se.divisor > 1:
            nearest = int(channels / se.reduction + se.divisor / 2) // se.divisor * se.divisor
            width = max(se.divisor, nearest)
        self.fc1 = nn.Conv2d(channels, width, 1, bias=se.bias)
        self.fc2 = nn.Conv2d(width, channels, 1, bias=se.bias)
        self.squeeze = se.squeeze
        self.gate = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}.get(
            se.gate, F.hardsigmoid
        )
        self.activation = {"relu": torch.relu, "silu": F.silu, "hard-swish": F.hardswish}[
            se.activation
        ]
        self.spread = None

    def forward(self, x):
        z = x
        if self.squeeze == "avg":
            z = x.mean(dim=(2, 3), keepdim=True)
        if self.squeeze == "max":
            z = x.amax(dim=(2, 3), keepdim=True)
        s = self.gate(self.fc2(self.activation(self.fc1(z))))
        self.spread = s.std().item()
        return x * s


class Block(nn.Module):
    """A residual block whose branch is two 3x3 convolutions, or 1x1, 3x3 in groups, 1x1."""

    def __init__(
        self, kind, inputs, outputs, width, groups, stride, se, layout, reduced=None, projection=1
    ):
        super().__init__()
        if kind == "basic":
            first, second = 1, None
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            spatial = outputs
        else:
            first, second = (stride, 1) if layout.stride_in_first else (1, stride)
            reduced = reduced or width
            self.conv1 = nn.Conv2d(inputs, reduced, 1, first, bias=False)
            self.conv2 = nn.Conv2d(reduced, width, 3, second, 1, groups=groups, bias=False)
            self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(outputs)
            spatial = width
        self.kind = kind
        self.bn1 = nn.BatchNorm2d(self.conv1.out_channels)
        self.bn2 = nn.BatchNorm2d(self.conv2.out_channels)
        self.downsample = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, projection, stride, projection // 2, bias=False),
                nn.BatchNorm2d(outputs),
            )
        self.place = None if se is None else se.place
        if se is not None:
            self.se = SqueezeExcite({"pre": inputs, "conv3x3": spatial}.get(se.place, outputs), se)
        self.relu_before_se = layout.relu_before_se and kind == "basic"

    def at(self, place, x):
        return self.se(x) if self.place == place else x

    def forward(self, x):
        shortcut = self.at("identity", self.downsample(x))
        y = self.at("pre", x)
        y = torch.relu(self.bn1(self.conv1(y)))
        if self.kind == "basic":
            y = self.at("conv3x3", y)
            y = self.bn2(self.conv2(y))
        else:
            y = torch.relu(self.bn2(self.conv2(y)))
            y = self.at("conv3x3", y)
            y = self.bn3(self.conv3(y))
        if self.relu_before_se:
            y = torch.relu(y)
        y = self.at("standard", y)
        return self.at("post", torch.relu(y + shortcut))


class Residual(nn.Module):
    """The networks for ImageNet (He et al., table 1) and, `small`, those of their section 4.2."""

    def __init__(self, kind, blocks, classes, se, layout, groups=1, group_width=64, small=False):
        super().__init__()
        channels = 16 if small else 64
        self.conv1 = nn.Conv2d(3, channels, *((3, 1, 1) if small else (7, 2, 3)), bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.pool = nn.Identity()
        if not small:
            self.pool = (
                nn.MaxPool2d(3, 2, 0, ceil_mode=True) if layout.ceil_pool else nn.MaxPool2d(3, 2, 1)
            )
        self.stages = len(blocks)
        inputs = channels
        for i, count in enumerate(blocks):
            planes = channels << i
            outputs = planes if kind == "basic" else 4 * planes
            width = planes * group_width // 64 * groups
            stage_se = se if se is not None and i + 2 in se.stages else None
            stage = nn.Sequential()
            for j in range(count):
                stride = 2 if j == 0 and i > 0 else 1
                block = Block(kind, inputs, outputs, width, groups, stride, stage_se, layout)
                stage.append(block)
                inputs = outputs
            setattr(self, f"layer{i + 1}", stage)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        for i in range(self.stages):
            x = getattr(self, f"layer{i + 1}")(x)
        return self.fc(x.mean(dim=(2, 3)))
