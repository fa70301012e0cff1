"""Writes the small arrays of numpy that npy.test.ts reads: python make_arrays.py FOLDER."""

import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
image = np.arange(6, dtype=np.float32).reshape(1, 2, 3) / 4
np.save(folder / "image.npy", image)
np.save(folder / "columns.npy", np.asfortranarray(image))
np.save(folder / "big-endian.npy", image.astype(">f4"))
np.save(folder / "text.npy", np.array(["a", "b"]))
np.savez(folder / "plain.npz", image=image, count=np.array([1, -2], dtype=np.int64))
np.savez_compressed(
    folder / "compressed.npz",
    half=np.array([0.5, -1.0], dtype=np.float16),
    mask=np.array([True, False]),
    scalar=np.float32(7),
)
