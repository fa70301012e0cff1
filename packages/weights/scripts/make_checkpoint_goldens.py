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
    ("vgg16_bn", "vgg16-bn", "timm", 224),
    ("mobilenetv3_large_100", "mobilenet-v3-large{layout=timm}", "timm", 65),
    ("mobilenetv3_large_075", "mobilenet-v3-large-075", "timm", 65),
    ("mobilenetv3_small_100", "mobilenet-v3-small{layout=timm}", "timm", 65),
    ("mobilenetv3_small_075", "mobilenet-v3-small-075", "timm", 65),
    ("tf_mobilenetv3_large_100", "mobilenet-v3-large{layout=timm-tf}", "timm", 64),
    ("tf_mobilenetv3_small_075", "mobilenet-v3-small-075{layout=timm-tf}", "timm", 66),
    ("efficientnet_b0", "efficientnet-b0{layout=timm}", "timm", 65),
    ("efficientnet_b1", "efficientnet-b1{layout=timm}", "timm", 65),
    ("efficientnet_b2", "efficientnet-b2{layout=timm}", "timm", 65),
    ("efficientnet_b3", "efficientnet-b3{layout=timm}", "timm", 65),
    ("efficientnet_b4", "efficientnet-b4{layout=timm}", "timm", 65),
    ("efficientnetv2_s", "efficientnet-v2-s{layout=timm}", "timm", 65),
    ("efficientnet_lite0", "efficientnet-lite0", "timm", 65),
    ("tf_efficientnet_b0", "efficientnet-b0{layout=timm-tf}", "timm", 64),
    ("tf_efficientnet_b3", "efficientnet-b3{layout=timm-tf}", "timm", 66),
    ("tf_efficientnetv2_s", "efficientnet-v2-s{layout=timm-tf}", "timm", 64),
    ("tf_efficientnet_lite0", "efficientnet-lite0{layout=timm-tf}", "timm", 64),
    ("semnasnet_100", "mnasnet-a1", "timm", 65),
    ("regnety_004", "regnety-400mf{layout=timm}", "timm", 65),
    ("regnety_008", "regnety-800mf{layout=timm}", "timm", 65),
    ("regnety_016", "regnety-1.6gf{layout=timm}", "timm", 65),
    ("regnety_032", "regnety-3.2gf{layout=timm}", "timm", 65),
    ("lcnet_100", "pp-lcnet", "timm", 65),
    ("lcnet_025", "pp-lcnet-025", "timm", 65),
    ("ghostnet_100", "ghostnet", "timm", 65),
]
TORCHVISION = [
    ("resnet18", "resnet18", "plain", 65),
    ("resnext50_32x4d", "resnext50-32x4d", "plain", 65),
    ("vgg16_bn", "vgg16-bn", "plain", 224),
    ("mobilenet_v3_large", "mobilenet-v3-large", "torchvision", 65),
    ("mobilenet_v3_small", "mobilenet-v3-small", "torchvision", 65),
    ("efficientnet_b0", "efficientnet-b0", "torchvision", 65),
    ("efficientnet_b1", "efficientnet-b1", "torchvision", 65),
    ("efficientnet_b2", "efficientnet-b2", "torchvision", 65),
    ("efficientnet_b3", "efficientnet-b3", "torchvision", 65),
    ("efficientnet_b4", "efficientnet-b4", "torchvision", 65),
    ("efficientnet_v2_s", "efficientnet-v2-s", "torchvision", 65),
    ("regnet_y_400mf", "regnety-400mf", "torchvision", 65),
    ("regnet_y_800mf", "regnety-800mf", "torchvision", 65),
    ("regnet_y_1_6gf", "regnety-1.6gf", "torchvision", 65),
    ("regnet_y_3_2gf", "regnety-3.2gf", "torchvision", 65),
]


def timm_model(name):
    if name == "lcnet_025":  # timm has the rule and the name of none so narrow
        return timm.models.mobilenetv3._gen_lcnet("lcnet_035", 0.25, num_classes=CLASSES)
    return timm.create_model(name, num_classes=CLASSES)


def models():
    """The library with its version, a row of a table above, and its model."""
    for row in TIMM:
        yield f"timm {timm.__version__}", row, timm_model(row[0])
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
