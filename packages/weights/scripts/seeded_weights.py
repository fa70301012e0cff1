"""The seeded weights of a ResNet or SE-ResNet, written anew from the description.

    python3 packages/weights/scripts/seeded_weights.py se-resnet20 1

prints the content hash that `contentHash(seededWeights(network, seed))` has to
give. It shares no code with the package and needs numpy alone. It knows the
residual networks with standard SE, which is enough to pin the generator, the
ranges and the hash.
"""

import hashlib
import json
import math
import sys

import numpy as np

DEPTHS = {
    "resnet18": ("basic", [2, 2, 2, 2]),
    "resnet34": ("basic", [3, 4, 6, 3]),
    "resnet50": ("bottleneck", [3, 4, 6, 3]),
    "resnet101": ("bottleneck", [3, 4, 23, 3]),
    "resnet152": ("bottleneck", [3, 8, 36, 3]),
    "resnet20": ("small", [3, 3, 3]),
    "resnet56": ("small", [9, 9, 9]),
}


def threefry(key, c0, c1):
    """Threefry-2x32-20 of two arrays of counters, Random123's order of words."""
    k = [np.uint32(key[0]), np.uint32(key[1])]
    k.append(k[0] ^ k[1] ^ np.uint32(0x1BD11BDA))
    x0, x1 = c0.astype(np.uint32) + k[0], c1.astype(np.uint32) + k[1]
    rotations = (13, 15, 26, 6, 17, 29, 16, 24)
    for r in range(20):
        x0 = x0 + x1
        left = rotations[r % 8]
        x1 = (x1 << np.uint32(left)) | (x1 >> np.uint32(32 - left))
        x1 = x1 ^ x0
        if r % 4 == 3:
            group = r // 4 + 1
            x0 = x0 + k[group % 3]
            x1 = x1 + k[(group + 1) % 3] + np.uint32(group)
    return x0, x1


def check_threefry():
    """Random123's known answers (tests/kat_vectors)."""
    for counter, key, expected in [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
    ]:
        words = threefry(key, np.array([counter[0]]), np.array([counter[1]]))
        assert (int(words[0][0]), int(words[1][0])) == expected


def draw(seed, name, shape, centre, spread):
    key = (seed, 0)
    for position, character in enumerate(name):
        words = threefry(key, np.array([ord(character)]), np.array([position]))
        key = (int(words[0][0]), int(words[1][0]))
    count = math.prod(shape)
    blocks = (count + 1) // 2
    pairs = threefry(key, np.arange(blocks), np.zeros(blocks, np.int64))
    words = np.stack(pairs, axis=1).reshape(-1)[:count].view(np.int32)
    values = np.float64(centre) + words.astype(np.float64) * (spread / 2**31)
    return values.astype("<f4").reshape(shape)


class Draws:
    """Follows a pair (mean square of what is symmetric, of what is positive) through layers."""

    def __init__(self, seed):
        self.seed, self.tensors = seed, {}

    def put(self, name, shape, centre, spread):
        self.tensors[name] = draw(self.seed, name, shape, centre, spread)

    def conv_norm(self, moment, conv, norm, shape, weight=1.0):
        self.put(f"{conv}.weight", shape, 0, math.sqrt(6 / math.prod(shape[1:])))
        square = 2 * (moment[0] + moment[1])
        channels = (shape[0],)
        self.put(f"{norm}.weight", channels, weight, 0.25 * weight)
        self.put(f"{norm}.bias", channels, 0, 0.2 * weight)
        self.put(f"{norm}.running_mean", channels, 0, 0.2 * math.sqrt(square))
        self.put(f"{norm}.running_var", channels, 1.08 * square, 0.3 * square)
        return (weight * weight, 0.0)

    def scaled_layer(self, moment, name, shape, square, bias_centre, bias_spread):
        spread = math.sqrt((3 * square) / (math.prod(shape[1:]) * (moment[0] + moment[1])))
        self.put(f"{name}.weight", shape, 0, spread)
        self.put(f"{name}.bias", (shape[0],), bias_centre, bias_spread)

    def se(self, moment, prefix, channels):
        width = channels // 16
        pooled = (moment[0] * 0.4, moment[1] * 0.4)
        self.scaled_layer(pooled, f"{prefix}.fc1", (width, channels, 1, 1), 0.6, 1, 0.25)
        hidden = relu((0.6, 1.0))
        self.scaled_layer(hidden, f"{prefix}.fc2", (channels, width, 1, 1), 2.5 * 2.5, 2, 0.9 * 2.5)


def relu(moment):
    return (0.0, moment[1] + moment[0] / 2)


def weights(name, seed):
    se, plain = name.startswith("se-"), name.removeprefix("se-")
    kind, depths = DEPTHS[plain]
    draws = Draws(seed)
    base, expansion, classes = {"small": (16, 1, 10), "basic": (64, 1, 1000)}.get(kind, (64, 4, 1000))
    stem = 3 if kind == "small" else 7
    x = relu(draws.conv_norm((1.0, 0.0), "conv1", "bn1", (base, 3, stem, stem)))
    stem_norm = kind == "small"
    if not stem_norm:
        x = (0.0, 2 * (x[0] + x[1]))  # max pooling
    channels = base
    for stage, depth in enumerate(depths):
        planes = base * 2**stage
        out = planes * expansion
        for block in range(depth):
            p = f"layer{stage + 1}.{block}"
            projected = channels != out or (stage > 0 and block == 0)
            # The branch is small unless what it is added to comes from a batch norm too.
            last = 1.0 if projected or (stem_norm and stage == block == 0) else 0.35
            if kind == "bottleneck":
                shapes = [(planes, channels, 1, 1), (planes, planes, 3, 3), (out, planes, 1, 1)]
            else:
                shapes = [(out, channels, 3, 3), (out, out, 3, 3)]
            branch = x
            for i, shape in enumerate(shapes, start=1):
                final = i == len(shapes)
                branch = draws.conv_norm(
                    branch, f"{p}.conv{i}", f"{p}.bn{i}", shape, last if final else 1.0
                )
                if not final:
                    branch = relu(branch)
            if se:
                draws.se(branch, f"{p}.se", out)
            shortcut = x
            if projected:
                shape = (out, channels, 1, 1)
                shortcut = draws.conv_norm(x, f"{p}.downsample.0", f"{p}.downsample.1", shape)
            x = relu((branch[0] + shortcut[0], branch[1] + shortcut[1]))
            channels = out
    pooled = (x[0] * 0.4, x[1] * 0.4)
    draws.scaled_layer(pooled, "fc", (classes, channels), 9, 0, 0.5)
    return draws.tensors


def content_hash(tensors):
    digests = [
        [name, list(tensor.shape), hashlib.sha256(tensor.tobytes()).hexdigest()]
        for name, tensor in sorted(tensors.items())
    ]
    text = json.dumps(digests, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    check_threefry()
    tensors = weights(sys.argv[1], int(sys.argv[2]))
    print(len(tensors), "tensors,", sum(t.size for t in tensors.values()), "values")
    print(content_hash(tensors))
