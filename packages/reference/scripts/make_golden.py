"""Writes `golden/networks.jsonl` and `golden/ops.jsonl`: what PyTorch computes in float64.

    python3 scripts/make_golden.py        (PyTorch 1.13 or later, torchvision 0.14 or later, NumPy)
"""

import json
import math
from pathlib import Path

import torch
import torchvision

import formula
from networks import Layout, Residual, Se, SqueezeExcite
from ops import op_cases
from paper_networks import (
    BnInception,
    InceptionResnet,
    MobileNet,
    PreAct,
    Senet154,
    ShuffleNet,
    Vgg16,
)

GOLDEN = Path(__file__).parent.parent / "golden"
CLASSES = 10
# Two images show that none leaks into the next; one is enough for a variant.
IMAGES = {"resnet18": 2, "se-resnet18": 2, "se-resnet50": 2, "se-resnet20": 2}

LEGACY = Layout(stride_in_first=True, ceil_pool=True, relu_before_se=True)
LEGACY_GROUPED = Layout(stride_in_first=False, ceil_pool=True)


def resnet18(se=None, layout=Layout()):
    return Residual("basic", (2, 2, 2, 2), CLASSES, se, layout)


def resnet50(se=None, layout=Layout()):
    return Residual("bottleneck", (3, 4, 6, 3), CLASSES, se, layout)


def resnext50(se=None, layout=Layout()):
    return Residual("bottleneck", (3, 4, 6, 3), CLASSES, se, layout, groups=32, group_width=4)


def resnet20(se=None):
    return Residual("basic", (3, 3, 3), CLASSES, se, Layout(), small=True)


def preact110(se=None):
    return PreAct("basic", 18, 1, CLASSES, se)


def preact164(se=None):
    return PreAct("bottleneck", 18, 1, CLASSES, se)


def wrn(se=None):
    return PreAct("basic", 2, 8, CLASSES, se)


# The name, as sebench writes it; the image sizes; what makes the network.
CASES = [
    ("resnet18", (64, 75), lambda: resnet18()),
    ("se-resnet18", (64, 75), lambda: resnet18(Se())),
    ("resnet50", (64,), lambda: resnet50()),
    ("se-resnet50", (64, 75), lambda: resnet50(Se())),
    ("resnext50-32x4d", (64,), lambda: resnext50()),
    ("se-resnext50-32x4d", (64,), lambda: resnext50(Se())),
    ("resnet20", (32,), lambda: resnet20()),
    ("se-resnet20", (28, 32), lambda: resnet20(Se())),
    ("se-resnet18{place=pre}", (48,), lambda: resnet18(Se(place="pre"))),
    ("se-resnet18{place=post}", (48,), lambda: resnet18(Se(place="post"))),
    ("se-resnet18{place=identity}", (48,), lambda: resnet18(Se(place="identity"))),
    ("se-resnet18{place=conv3x3}", (48,), lambda: resnet18(Se(place="conv3x3"))),
    ("se-resnet18{gate=relu}", (48,), lambda: resnet18(Se(gate="relu"))),
    ("se-resnet50{place=pre}", (48,), lambda: resnet50(Se(place="pre"))),
    ("se-resnet50{place=post}", (48,), lambda: resnet50(Se(place="post"))),
    ("se-resnet50{place=identity}", (48,), lambda: resnet50(Se(place="identity"))),
    ("se-resnet50{place=conv3x3}", (48,), lambda: resnet50(Se(place="conv3x3"))),
    ("se-resnet50{squeeze=max}", (48,), lambda: resnet50(Se(squeeze="max"))),
    ("se-resnet50{squeeze=none}", (48,), lambda: resnet50(Se(squeeze="none"))),
    ("se-resnet50{gate=tanh}", (48,), lambda: resnet50(Se(gate="tanh"))),
    ("se-resnet50{gate=relu,stages=2}", (48,), lambda: resnet50(Se(gate="relu", stages=(2,)))),
    ("se-resnet18{gate=hard-sigmoid}", (48,), lambda: resnet18(Se(gate="hard-sigmoid"))),
    ("se-resnet18{activation=silu}", (48,), lambda: resnet18(Se(activation="silu"))),
    ("se-resnet18{activation=hard-swish}", (48,), lambda: resnet18(Se(activation="hard-swish"))),
    ("se-resnet50{r=8}", (48,), lambda: resnet50(Se(reduction=8))),
    ("se-resnet50{stages=2+4}", (48,), lambda: resnet50(Se(stages=(2, 4)))),
    ("se-resnet50{bias=false}", (48,), lambda: resnet50(Se(bias=False))),
    ("se-resnet18{layout=timm}", (48,), lambda: resnet18(Se(divisor=8))),
    ("se-resnet18{layout=timm-legacy}", (48, 75), lambda: resnet18(Se(), LEGACY)),
    ("resnet50{layout=timm-legacy}", (75,), lambda: resnet50(None, LEGACY)),
    ("se-resnet50{layout=timm-legacy}", (48, 75), lambda: resnet50(Se(), LEGACY)),
    ("se-resnext50-32x4d{layout=timm-legacy}", (48, 75), lambda: resnext50(Se(), LEGACY_GROUPED)),
    ("plain-senet154", (64,), lambda: Senet154(CLASSES, None)),
    ("senet154", (75,), lambda: Senet154(CLASSES, Se())),
    ("senet154{layout=timm}", (75,), lambda: Senet154(CLASSES, Se(), Layout())),
    ("vgg16-bn", (32,), lambda: Vgg16(CLASSES, None, 32)),
    ("se-vgg16-bn", (64,), lambda: Vgg16(CLASSES, Se(), 64)),
    ("bn-inception", (64,), lambda: BnInception(CLASSES, None)),
    ("se-bn-inception", (64, 96), lambda: BnInception(CLASSES, Se())),
    ("inception-resnet-v2", (75,), lambda: InceptionResnet(CLASSES, None)),
    ("se-inception-resnet-v2", (80,), lambda: InceptionResnet(CLASSES, Se())),
    ("mobilenet-v1", (64,), lambda: MobileNet(CLASSES, None)),
    ("se-mobilenet-v1", (64, 75), lambda: MobileNet(CLASSES, Se())),
    ("shufflenet-v1-g3", (64,), lambda: ShuffleNet(CLASSES, None)),
    ("se-shufflenet-v1-g3", (64, 75), lambda: ShuffleNet(CLASSES, Se())),
    ("preact-resnet110", (32,), preact110),
    ("se-preact-resnet110", (32,), lambda: preact110(Se())),
    ("preact-resnet164", (32,), preact164),
    ("se-preact-resnet164", (32,), lambda: preact164(Se())),
    ("se-preact-resnet164{place=conv3x3}", (32,), lambda: preact164(Se(place="conv3x3"))),
    ("wrn-16-8", (32,), wrn),
    ("se-wrn-16-8", (28,), lambda: wrn(Se())),
    ("se-wrn-16-8{place=pre}", (32,), lambda: wrn(Se(place="pre"))),
    ("se-wrn-16-8{place=post}", (32,), lambda: wrn(Se(place="post"))),
    ("se-wrn-16-8{place=identity}", (32,), lambda: wrn(Se(place="identity"))),
    ("se-wrn-16-8{place=conv3x3}", (32,), lambda: wrn(Se(place="conv3x3"))),
]

TORCHVISION = {
    "resnet18": torchvision.models.resnet18,
    "resnet50": torchvision.models.resnet50,
    "resnext50-32x4d": torchvision.models.resnext50_32x4d,
}


def fill(model):
    """Gives every parameter and statistic the formula's values, and makes the model double."""
    for key, tensor in model.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            tensor.copy_(torch.from_numpy(formula.parameter(key, tuple(tensor.shape))))
    return model.double().eval()


def network_golden(name, size, model):
    shape = (IMAGES.get(name, 1), 3, size, size)
    images = torch.from_numpy(formula.image(f"images{size}", shape)).double()
    logits = model(images)
    spreads = [part.spread for part in model.modules() if isinstance(part, SqueezeExcite)]
    if name in TORCHVISION:
        twin = TORCHVISION[name](num_classes=CLASSES).double().eval()
        twin.load_state_dict(model.state_dict())
        assert torch.allclose(twin(images), logits, rtol=1e-12, atol=1e-12), name
    gates = f"gates sd {min(spreads):.2f} to {max(spreads):.2f}" if spreads else ""
    print(f"{name} {size}: logits sd {logits.std():.3f} {gates}")
    assert logits.isfinite().all()
    return {
        "network": name,
        "imageSize": size,
        "classes": CLASSES,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "logits": logits.tolist(),
    }


def op_golden(case):
    inputs = [
        torch.from_numpy(formula.image(f"{case.name}/input{i}", (1, *shape))).double()
        for i, shape in enumerate(case.inputs)
    ]
    parameters = {
        key: torch.from_numpy(formula.parameter(f"{case.name}/{key}", shape)).double()
        for key, shape in case.parameters.items()
    }
    output = case.compute(*inputs, **parameters)[0]
    assert output.isfinite().all(), case.name
    return {
        "name": case.name,
        "op": case.op,
        "inputs": case.inputs,
        "parameters": case.parameters,
        "shape": list(output.shape),
        "output": output.flatten().tolist(),
    }


def write(name, goldens):
    """JSON Lines, one golden a line."""
    lines = [json.dumps(golden, separators=(",", ":")) for golden in goldens]
    (GOLDEN / name).write_text("\n".join(lines) + "\n")
    print(f"wrote {len(goldens)} goldens to {name}")


@torch.no_grad()
def main():
    GOLDEN.mkdir(exist_ok=True)
    write("ops.jsonl", [op_golden(case) for case in op_cases()])
    networks = []
    for name, sizes, make in CASES:
        model = fill(make())
        networks += [network_golden(name, size, model) for size in sizes]
    write("networks.jsonl", networks)


if __name__ == "__main__":
    main()
