"""Writes golden/half.json: what numpy's float16 gives for roundings and for sums in three orders.

Run once, with Python 3 and numpy: python3 packages/reference/scripts/make_half_golden.py
"""

import json
from pathlib import Path

import numpy as np

half = np.float16


def sequential(values):
    total = half(0)
    for value in values:
        total = half(total + value)
    return total


def pairwise(values):
    if len(values) == 1:
        return values[0]
    middle = (len(values) + 1) // 2
    return half(pairwise(values[:middle]) + pairwise(values[middle:]))


def by_rows(values, width):
    rows = [sequential(values[at : at + width]) for at in range(0, len(values), width)]
    return sequential(np.array(rows, dtype=half))


def told(value):
    """A number, or the word for one that JSON lacks."""
    value = float(value)
    return value if np.isfinite(value) else str(value)


random = np.random.default_rng(21)
exact = np.concatenate(
    [
        random.normal(size=40) * 10.0 ** random.integers(-8, 6, size=40),
        [0.0, -0.0, 65504, 65519.99, 65520, -65520, 1 + 2**-11, 1 + 3 * 2**-11, 2**-25, 2**-24],
        # Just above a tie: float32 on the way would round to the tie, and then the other way.
        [1 + 2**-11 + 2**-40, 2048 + 1 + 2**-30, 6e-8, 3e-8, 2.98e-8, 5.96e-8, 1e-7],
    ]
)

sums = []
for name, height, width, make in [
    ("ones", 64, 64, lambda n: np.ones(n)),
    ("sum beyond 65504", 56, 56, lambda n: np.full(n, 30.0)),
    ("signs cancel", 56, 56, lambda n: 200 * random.normal(size=n)),
    ("normal", 14, 14, lambda n: random.normal(size=n)),
    ("after a ReLU", 28, 28, lambda n: np.maximum(random.normal(size=n), 0)),
    ("small", 7, 7, lambda n: 1e-4 * random.random(size=n)),
    ("one row", 1, 9, lambda n: random.random(size=n)),
    ("odd", 13, 11, lambda n: random.random(size=n)),
]:
    values = make(height * width).astype(half)
    with np.errstate(over="ignore"):
        sums.append(
            {
                "name": name,
                "height": height,
                "width": width,
                # One value stands for a map that is all the same.
                "values": [float(v) for v in (values[:1] if len(set(values)) == 1 else values)],
                "sums": {
                    "sequential": told(sequential(values)),
                    "pairwise": told(pairwise(values)),
                    "by rows": told(by_rows(values, width)),
                },
            }
        )

with np.errstate(over="ignore"):
    rounded = [told(v) for v in exact.astype(half)]
golden = {"numpy": np.__version__, "exact": exact.tolist(), "rounded": rounded, "sums": sums}
path = Path(__file__).parent.parent / "golden" / "half.json"
path.write_text(json.dumps(golden) + "\n")
