"""Writes `golden/`: what published checkpoints look like, and what their models make of them.

    python3 packages/weights/scripts/make_checkpoint_goldens.py

needs PyTorch, torchvision, timm, safetensors and NumPy. For each model of timm and torchvision it
writes the keys, shapes and element types of the state dict, and the logits that the model itself
computes in float64 of weights and images by formula (`packages/reference/scripts/formula.py`, by the
model's own keys), so that no weights need be kept.
"""

import gzip
import json
import sys
from pathlib import Path

import safetensors.torch
import timm
import torch
import torchvision

PACKAGE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PACKAGE.parent / "reference" / "scripts"))

import formula  # noqa: E402

GOLDEN = PACKAGE / "golden"
CLASSES = 8
DTYPES = {torch.float32: "F32", torch.int64: "I64"}

# The library's name of the model; sebench's; who wrote the keys; the image's size. 65 is odd at
# each of the first strides, where the ways to pool and to pad part.
TIMM = [
    ("legacy_seresnet18", "se-resnet18{layout=timm-legacy}", "legacy", 65),
    ("legacy_seresnet50", "se-resnet50{layout=timm-legacy}", "legacy", 65),
    ("legacy_seresnext50_32x4d", "se-resnext50-32x4d{layout=timm-legacy}", "legacy", 65),
    ("legacy_senet154", "senet154", "legacy", 65),
    ("seresnet18", "se-resnet18{layout=timm}", "timm", 65),
    ("seresnet50", "se-resnet50{layout=timm}", "timm", 65),
    ("seresnext50_32x4d", "se-resnext50-32x4d{layout=timm}", "timm", 65),
    ("senet154", "senet154{layout=timm}", "timm", 65),
    ("resnet50", "resnet50", "plain", 65),
    ("inception_resnet_v2", "inception-resnet-v2", "plain", 107),
]
TORCHVISION = [
    ("resnet18", "resnet18", "plain", 65),
    ("resnext50_32x4d", "resnext50-32x4d", "plain", 65),
    ("vgg16_bn", "vgg16-bn", "plain", 224),
]


def models():
    """The library with its version, a row of a table above, and its model."""
    for row in TIMM:
        yield f"timm {timm.__version__}", row, timm.create_model(row[0], num_classes=CLASSES)
    for row in TORCHVISION:
        version = torchvision.__version__.split("+")[0].removesuffix("a0")
        create = getattr(torchvision.models, row[0])
        yield f"torchvision {version}", row, create(num_classes=CLASSES)


def checkpoint_golden(library, row, model):
    name, network, keys, size = row
    state = model.state_dict()
    tensors = [[key, list(each.shape), DTYPES[each.dtype]] for key, each in state.items()]
    for key, tensor in state.items():
        if tensor.is_floating_point():
            tensor.copy_(torch.from_numpy(formula.parameter(key, tuple(tensor.shape))))
    model.double().eval()
    images = torch.from_numpy(formula.image(f"images{size}", (1, 3, size, size))).double()
    logits = model(images)
    assert logits.isfinite().all(), name
    print(f"{library} {name}: {len(tensors)} tensors, logits sd {logits.std():.3f}")
    return {
        "library": library,
        "model": name,
        "network": network,
        "keys": keys,
        "tensors": tensors,
        "imageSize": size,
        "logits": logits[0].tolist(),
    }


def write_dtypes():
    """A real file of each element type that weights come in, and what PyTorch reads in it."""
    values = torch.tensor([0.0, -1.0, 1 / 3, 1e-5, 6e-8, 65504.0, -123.456])
    tensors = {
        "single": values,
        "half": values.half(),
        "brain": values.bfloat16(),
        "double": values.double() / 3,
    }
    safetensors.torch.save_file(tensors, GOLDEN / "dtypes.safetensors")
    read = safetensors.torch.load_file(GOLDEN / "dtypes.safetensors")
    golden = {name: tensor.float().tolist() for name, tensor in read.items()}
    (GOLDEN / "dtypes.json").write_text(json.dumps(golden) + "\n")


@torch.no_grad()
def main():
    GOLDEN.mkdir(exist_ok=True)
    write_dtypes()
    lines = [
        json.dumps(checkpoint_golden(*each), separators=(",", ":")) + "\n" for each in models()
    ]
    # No time of writing: the same models give the same file.
    (GOLDEN / "checkpoints.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
