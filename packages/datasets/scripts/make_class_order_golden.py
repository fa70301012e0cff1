"""Writes golden/class-order.json: how torchvision and timm number and list class folders.

Their own code does it, on folders that this script makes. It needs Pillow, and the packages
unpacked in a folder, neither installed nor with PyTorch:

    pip download --no-deps timm==1.0.31 torchvision==0.29.2
    for wheel in *.whl; do python3 -m zipfile -e $wheel unpacked; done
    python3 make_class_order_golden.py unpacked
"""

import importlib
import json
import os
import sys
import tempfile
import types
from pathlib import Path

unpacked = Path(sys.argv[1])


def without_torch(name, **content):
    """Puts a package in place whose own __init__.py, which imports PyTorch, does not run."""
    module = types.ModuleType(name)
    module.__path__ = [str(unpacked / name.replace(".", "/"))]
    vars(module).update(content)
    sys.modules[name] = module


for name in ["torchvision", "torchvision.datasets", "timm", "timm.utils", "timm.data"]:
    without_torch(name)
without_torch("torchvision.datasets.vision", VisionDataset=object)
without_torch("timm.data.readers")
folder = importlib.import_module("torchvision.datasets.folder")
reader = importlib.import_module("timm.data.readers.reader_image_folder")
natural_key = importlib.import_module("timm.utils.misc").natural_key


def make(root, files):
    for file in files:
        path = Path(root, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def by_torchvision(root):
    classes, places = folder.find_classes(root)
    samples = folder.make_dataset(root, places, folder.IMG_EXTENSIONS)
    return {"classes": classes, "samples": relative(samples, root)}


def by_timm(root):
    samples, places = reader.find_images_and_targets(root)
    keys = [tuple(natural_key(name)) for name in places]
    # The names are sorted out of a set, whose order changes from process to process.
    if len(set(keys)) < len(keys):
        return None
    return {"classes": list(places), "samples": relative(samples, root)}


def relative(samples, root):
    return [[os.path.relpath(path, root), label] for path, label in samples]


def listed(files):
    with tempfile.TemporaryDirectory() as root:
        make(root, files)
        return {"files": files, "torchvision": by_torchvision(root), "timm": by_timm(root)}


def classes(*names):
    return listed([f"{name}/1.png" for name in names])


cases = {
    "numbers after words": classes(*[f"class{number}" for number in range(1, 11)]),
    "mixed case": classes("apple", "Banana", "cherry", "Date"),
    "numbers alone": classes(*[str(number) for number in range(12)]),
    "numbers in the middle and zeros before": classes("a10b", "a9c", "a9b", "a009d", "a1.5", "a1.10"),
    "past U+FFFF": classes("\uff21 full width", "\U0001f431 cat", "\ue000 private", "z"),
    "digits of other scripts": classes("x\u0661\u0660", "x\u0669", "x\U0001d7dd", "x8", "x\u0967\u0968"),
    "long numbers": classes("n" + "9" * 30, "n1" + "0" * 30, "n2"),
    "marks and blanks": classes("a b", "a_b", "a-b", "ab", "A.b", "a", "a1", "a 1", "_a", "~"),
    "no ASCII case": classes("\u00c9clair", "\u00e9toile", "Zebra", "\u0130stanbul", "\u03a3\u0391\u03a3", "\u03c3\u03b2", "STRASSE", "stra\u00dfe"),
    "ImageNet's": classes("n01440764", "n01443537", "n02102040", "n03000684"),
    "one name in two cases": classes("Cat", "cat", "dog"),
    "one number written twice": classes("1", "01", "2"),
    "nested folders": listed(
        [
            "cat/2.png",
            "cat/more/1.png",
            "cat/more-b/1.png",
            "cat/more/deep/1.PNG",
            "cat/10.png",
            "dog/a/1.png",
            "dog/b/1.png",
        ]
    ),
    "endings": listed(
        ["a/%d.%s" % (place, ending) for place, ending in enumerate("jpg JPEG png ppm bmp pgm tif TIFF webp gif jfif txt heic".split())]
        + ["a/.hidden.png", "a/._1.jpg", "a/.DS_Store", "a/.png", "b/1.png", "stray.txt"]
    ),
    "a hidden folder": listed([".ipynb_checkpoints/1.png", "cat/1.png"]),
}
golden = Path(__file__).parent.parent / "golden" / "class-order.json"
golden.write_text(json.dumps(cases, indent=1, ensure_ascii=True) + "\n")
