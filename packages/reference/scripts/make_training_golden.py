"""Writes `golden/training.jsonl`: three steps of SGD by PyTorch in float64.

    python3 scripts/make_training_golden.py   (PyTorch 1.13 or later, torchvision 0.14 or later, NumPy)
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torchvision.models import mobilenetv3

import formula
from networks import Layout, Residual, Se

GOLDEN = Path(__file__).parent.parent / "golden" / "training.jsonl"
CLASSES = 10
BATCH = 6
STEPS = 3
RATE = 0.05
MOMENTUM = 0.9
WEIGHT_DECAY = 1e-2

CASES = [
    ("resnet8", 32, None),
    ("se-resnet8", 32, Se()),
    ("se-resnet8", 28, Se()),
    ("se-resnet8{r=4}", 28, Se(reduction=4)),
    ("se-resnet8{squeeze=max}", 28, Se(squeeze="max")),
    ("se-resnet8{squeeze=none}", 28, Se(squeeze="none")),
    ("se-resnet8{gate=tanh}", 28, Se(gate="tanh")),
    ("se-resnet8{gate=relu}", 28, Se(gate="relu")),
    ("se-resnet8{place=pre}", 28, Se(place="pre")),
    ("se-resnet8{place=post}", 28, Se(place="post")),
    ("se-resnet8{place=identity}", 28, Se(place="identity")),
    ("se-resnet8{place=conv3x3}", 28, Se(place="conv3x3")),
    ("se-resnet8{stages=3+4}", 28, Se(stages=(3, 4))),
    ("se-resnet8{bias=false}", 28, Se(bias=False)),
    ("mobilenet-v3-tiny", 32, Se()),
    ("plain-mobilenet-v3-tiny", 32, None),
]


def mobilenet_v3_tiny(with_se):
    """torchvision's blocks, in sebench's own order for 32 px, and one linear layer as classifier."""

    def block(channels, kernel, expanded, out, se, activation, stride):
        return mobilenetv3.InvertedResidualConfig(
            channels, kernel, expanded, out, se and with_se, activation, stride, 1, 1.0
        )

    blocks = [
        block(16, 3, 16, 16, True, "RE", 1),
        block(16, 3, 64, 24, False, "RE", 2),
        block(24, 3, 72, 24, False, "RE", 1),
        block(24, 5, 96, 40, True, "HS", 2),
        block(40, 5, 120, 40, True, "HS", 1),
    ]
    model = mobilenetv3.MobileNetV3(blocks, last_channel=1, num_classes=CLASSES)
    # sebench numbers a block's parts as the member with SE has them.
    if not with_se:
        for at, each in zip((1, 4, 5), (model.features[1], model.features[4], model.features[5])):
            parts = each.block
            model.features[at].block = nn.Sequential()
            last = len(parts) - 1
            for part, layer in enumerate(parts):
                model.features[at].block.add_module(str(part + (part == last)), layer)
    # The stages have folders of their own, as torchvision's EfficientNets have them.
    stem, *own, last = model.features
    stages = [nn.Sequential(*part) for part in (own[:1], own[1:3], own[3:])]
    model.features = nn.Sequential(stem, *stages, last)
    for each in model.modules():
        if isinstance(each, nn.BatchNorm2d):
            # torchvision's 0.01 is for its own schedule.
            each.momentum = 0.1
    model.classifier = nn.Sequential()
    model.classifier.add_module("1", nn.Linear(240, CLASSES))
    return model


def fill(model):
    for key, tensor in model.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            tensor.copy_(torch.from_numpy(formula.parameter(key, tuple(tensor.shape))))
    return model.double().train()


def digits(value):
    """More than float32 has, and less than would fill the file."""
    return float(f"{value.item():.9g}")


def built(name, se):
    if "mobilenet" in name:
        return mobilenet_v3_tiny(with_se=se is not None)
    return Residual("basic", (1, 1, 1), CLASSES, se, Layout(), small=True)


def golden(name, size, se):
    with torch.no_grad():
        model = fill(built(name, se))
    # Biases and batch norms do not decay.
    layers = [each for each in model.parameters() if each.dim() > 1]
    others = [each for each in model.parameters() if each.dim() == 1]
    groups = [{"params": layers, "weight_decay": WEIGHT_DECAY}, {"params": others}]
    optimiser = torch.optim.SGD(groups, lr=RATE, momentum=MOMENTUM)
    steps = []
    for step in range(STEPS):
        shape = (BATCH, 3, size, size)
        images = torch.from_numpy(formula.image(f"step{step}", shape)).double()
        labels = torch.arange(BATCH) * (step + 3) % CLASSES
        logits = model(images)
        loss = cross_entropy(logits, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        correct = (logits.argmax(1) == labels).sum().item()
        steps.append({"loss": digits(loss), "correct": correct})
    print(name, size, [round(each["loss"], 4) for each in steps])
    after = {
        key: {"norm": digits(tensor.norm()), "first": [digits(of) for of in tensor.flatten()[:4]]}
        for key, tensor in model.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    return {"network": name, "imageSize": size, "steps": steps, "after": after}


def main():
    lines = [json.dumps(golden(*case), separators=(",", ":")) for case in CASES]
    options = {
        "batch": BATCH,
        "rate": RATE,
        "momentum": MOMENTUM,
        "weightDecay": WEIGHT_DECAY,
    }
    GOLDEN.write_text("\n".join([json.dumps(options), *lines]) + "\n")


if __name__ == "__main__":
    main()
