"""Writes `golden/`: small images, and what PIL and torchvision make of them for a network.

    python3 packages/datasets/scripts/make_preprocessing_golden.py

needs PyTorch, torchvision, PIL and NumPy. The images are parts of the photographs in `data/`, in the
formats and colour modes that image folders hold. Each line of `preprocessed.jsonl.gz` is one image
under one preprocessing: the bytes `[size, size, 3]` before normalisation, in base64. The recipes are
those of torchvision's weights where it has them, and timm's `transforms_imagenet_eval` else, which
is torchvision's `Resize(floor(size / crop_pct))` and `CenterCrop(size)`.
"""

import base64
import gzip
import json
import math
from pathlib import Path

import numpy
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

PACKAGE = Path(__file__).resolve().parent.parent
GOLDEN = PACKAGE / "golden"
SIDE = 366

BILINEAR, BICUBIC = InterpolationMode.BILINEAR, InterpolationMode.BICUBIC


def photographs():
    """The five photographs, uint8 `[366, 366, 3]`."""
    raw = gzip.decompress((PACKAGE / "data/photographs/photographs-idx4-ubyte.gz").read_bytes())
    return numpy.frombuffer(raw, numpy.uint8, offset=20).reshape(-1, SIDE, SIDE, 3)


def save_images():
    """Writes the images and returns their names."""
    cat, alps, allium, boats, plane = [Image.fromarray(p) for p in photographs()]
    alpha = numpy.arange(90 * 140, dtype=numpy.uint32).reshape(90, 140) % 256
    translucent = allium.crop((100, 120, 240, 210)).convert("RGBA")
    translucent.putalpha(Image.fromarray(alpha.astype(numpy.uint8)))
    images = {
        "colour.jpg": (cat.crop((60, 90, 233, 204)), {"quality": 85}),
        "portrait.JPEG": (boats.crop((30, 20, 121, 226)), {"quality": 90, "subsampling": 0}),
        "grey.jpg": (alps.crop((0, 80, 150, 180)).convert("L"), {"quality": 85}),
        "four-inks.jpg": (boats.crop((150, 40, 250, 130)).convert("CMYK"), {"quality": 85}),
        "translucent.png": (translucent, {}),
        "palette.png": (plane.crop((60, 60, 160, 140)).quantize(32), {}),
        "small.png": (cat.crop((100, 100, 131, 127)), {}),
        "lossy.webp": (plane.crop((20, 100, 220, 201)), {"quality": 80}),
    }
    for name, (image, options) in images.items():
        image.save(GOLDEN / name, **options)
    return list(images)


def recipes(size):
    """The name, the edge after the resize and the interpolation of each preprocessing; timm rounds the edge down."""
    yield "torchvision", round(size * 256 / 224), BILINEAR
    yield "torchvision-v2", round(size * 232 / 224), BILINEAR
    yield "timm", math.floor(size / 0.875), BICUBIC
    yield "timm-0.95", math.floor(size / 0.95), BICUBIC
    yield "timm-1.0", math.floor(size / 1.0), BICUBIC
    yield "timm-legacy", math.floor(size / 0.875), BILINEAR
    yield "inception", math.floor(size / 0.8975), BICUBIC


def main():
    GOLDEN.mkdir(exist_ok=True)
    lines = [{"PIL": PIL.__version__, "torchvision": torchvision.__version__}]
    for index, name in enumerate(save_images()):
        size = 32 + index % 3
        # As torchvision's and timm's image folders open a file.
        image = Image.open(GOLDEN / name).convert("RGB")
        for preprocessing, edge, interpolation in recipes(size):
            result = CenterCrop(size)(Resize(edge, interpolation)(image))
            pixels = base64.b64encode(result.tobytes()).decode()
            row = {"file": name, "preprocessing": preprocessing, "size": size, "pixels": pixels}
            lines.append(row)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (GOLDEN / "preprocessed.jsonl.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
