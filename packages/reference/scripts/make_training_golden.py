"""Writes `golden/training.jsonl`: three steps of SGD by PyTorch in float64.

    python3 scripts/make_training_golden.py        (PyTorch 1.13 or later, NumPy)
"""

import json
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

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
]


def fill(model):
    for key, tensor in model.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            tensor.copy_(torch.from_numpy(formula.parameter(key, tuple(tensor.shape))))
    return model.double().train()


def digits(value):
    """More than float32 has, and less than would fill the file."""
    return float(f"{value.item():.9g}")


def golden(name, size, se):
    with torch.no_grad():
        model = fill(Residual("basic", (1, 1, 1), CLASSES, se, Layout(), small=True))
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
