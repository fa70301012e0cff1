"""Weights and images by formula, so that PyTorch and TypeScript can make the same ones.

`src/golden-values.ts` is the same in TypeScript; together they spare the repository the 100 MB
of a network's weights. Every step is exact in both: 32-bit integer mixing, then IEEE double
arithmetic, then one rounding to float32.
"""

import math

import numpy as np


def uniform(name, count):
    """`count` values in [0, 1) that depend on the name: FNV-1a of it, then lowbias32."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    index = np.arange(count, dtype=np.uint32)
    bits = index * np.uint32(0x9E3779B9) + np.uint32(seed)
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x21F0AAAD)
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x735A2D97)
    bits = bits ^ (bits >> np.uint32(15))
    return bits.astype(np.float64) / 4294967296.0


def parameter(name, shape):
    """Values that keep activations, logits and the spread of the gates of order 1."""
    low, high = bounds(name, shape)
    values = low + (high - low) * uniform(name, math.prod(shape))
    return values.astype(np.float32).reshape(shape)


def bounds(name, shape):
    if name.endswith("running_var"):
        return 0.5, 1.5
    if name.endswith("running_mean"):
        return -0.25, 0.25
    if name.endswith("bias"):
        return -0.5, 0.5
    if len(shape) == 1:  # the gain of a batch norm
        return 0.5, 1.0
    bound = math.sqrt(6.0 / math.prod(shape[1:]))  # He's initialisation
    return -bound, bound


def image(name, shape):
    values = -1.5 + 3.0 * uniform(name, math.prod(shape))
    return values.astype(np.float32).reshape(shape)
