"""One case or more for each kind of operator, computed by torch.nn.functional."""

from dataclasses import dataclass, field
from typing import Callable

import torch
import torch.nn.functional as F


@dataclass
class OpCase:
    name: str
    op: dict
    """As sebench's graph writes it."""
    inputs: list
    compute: Callable
    parameters: dict = field(default_factory=dict)


def conv(name, shape, outputs, kernel, stride=(1, 1), pads=(0, 0), groups=1, bias=False):
    parameters = {"weight": [outputs, shape[0] // groups, *kernel]}
    if bias:
        parameters["bias"] = [outputs]
    op = {"kind": "conv2d", "outChannels": outputs, "groups": groups, **window(kernel, stride, pads)}
    return OpCase(
        name,
        op,
        [shape],
        lambda x, weight, bias=None: F.conv2d(x, weight, bias, stride, pads, groups=groups),
        parameters,
    )


def conv_uneven(name, shape, outputs, kernel, pads):
    """Pads (top, left, bottom, right) that differ, which conv2d itself does not take."""
    top, left, bottom, right = pads
    op = {
        "kind": "conv2d",
        "outChannels": outputs,
        "groups": 1,
        "kernel": kernel,
        "stride": [2, 2],
        "pads": pads,
    }
    return OpCase(
        name,
        op,
        [shape],
        lambda x, weight: F.conv2d(F.pad(x, (left, right, top, bottom)), weight, stride=2),
        {"weight": [outputs, shape[0], *kernel]},
    )


def max_pool(name, shape, kernel, stride, pads, ceil):
    return OpCase(
        name,
        {"kind": "maxPool", "ceil": ceil, **window(kernel, stride, pads)},
        [shape],
        lambda x: F.max_pool2d(x, kernel, stride, pads, ceil_mode=ceil),
    )


def avg_pool(name, shape, kernel, stride, pads, ceil, include):
    op = {"kind": "avgPool", "ceil": ceil, "countIncludePad": include}
    return OpCase(
        name,
        {**op, **window(kernel, stride, pads)},
        [shape],
        lambda x: F.avg_pool2d(x, kernel, stride, pads, ceil, include),
    )


def window(kernel, stride, pads):
    return {"kernel": list(kernel), "stride": list(stride), "pads": [*pads, *pads]}


def plain(kind, inputs, compute, name=None, **attributes):
    return OpCase(name or kind, {"kind": kind, **attributes}, inputs, compute)


def op_cases():
    return [
        *convolutions(),
        *gated(),
        *pools(),
        *normalised(),
        *elementwise(),
        *rearranged(),
    ]


def convolutions():
    return [
        conv("conv 1x1", [5, 3, 4], 3, (1, 1)),
        conv("conv 1x1 of one pixel, bias", [6, 1, 1], 4, (1, 1), bias=True),
        conv("conv 1x1 stride 2", [3, 5, 6], 2, (1, 1), (2, 2)),
        conv("conv 3x3", [3, 4, 5], 4, (3, 3), pads=(1, 1), bias=True),
        conv("conv 3x3 stride 2 without padding", [2, 7, 8], 3, (3, 3), (2, 2)),
        conv("conv 7x7 stride 2", [3, 9, 8], 2, (7, 7), (2, 2), (3, 3)),
        conv("conv 1x7", [4, 3, 7], 3, (1, 7), pads=(0, 3)),
        conv("conv 7x1", [4, 7, 3], 3, (7, 1), pads=(3, 0)),
        conv("conv 3x2 stride 1x2", [2, 5, 6], 3, (3, 2), (1, 2), (1, 0)),
        conv("conv in 2 groups", [6, 4, 4], 4, (3, 3), pads=(1, 1), groups=2),
        conv("conv 1x1 in 3 groups, bias", [6, 2, 3], 9, (1, 1), groups=3, bias=True),
        conv("conv depthwise", [5, 5, 4], 5, (3, 3), pads=(1, 1), groups=5),
        conv("conv depthwise stride 2", [3, 6, 7], 3, (3, 3), (2, 2), (1, 1), groups=3),
        conv("conv depthwise 1x7", [3, 2, 8], 3, (1, 7), pads=(0, 3), groups=3),
        conv("conv depthwise, two filters a channel", [3, 4, 4], 6, (3, 3), pads=(1, 1), groups=3),
        conv_uneven("conv with uneven pads", [2, 5, 6], 3, [3, 3], [0, 1, 1, 0]),
        conv("conv depthwise 5x5", [3, 6, 5], 3, (5, 5), pads=(2, 2), groups=3),
        conv("conv depthwise 7x7 stride 2", [2, 9, 8], 2, (7, 7), (2, 2), (3, 3), groups=2),
    ]


def pools():
    cases = []
    for size in (6, 7, 8):
        for pad in (0, 1):
            for ceil in (False, True):
                how = f"{size}x{size + 1}, pad {pad}{', ceil' if ceil else ''}"
                shape, k, s, p = [2, size, size + 1], (3, 3), (2, 2), (pad, pad)
                cases.append(max_pool(f"max pool {how}", shape, k, s, p, ceil))
                for include in (False, True):
                    name = f"avg pool {how}{', padding counts' if include else ''}"
                    cases.append(avg_pool(name, shape, k, s, p, ceil, include))
    cases += [
        avg_pool("avg pool stride 1", [2, 4, 4], (3, 3), (1, 1), (1, 1), False, True),
        max_pool("max pool 2x3", [2, 5, 7], (2, 3), (2, 3), (0, 1), True),
        max_pool("max pool, stride beyond the kernel", [2, 6, 6], (2, 2), (3, 3), (1, 1), True),
        plain("globalAvgPool", [[4, 3, 5]], lambda x: F.adaptive_avg_pool2d(x, 1)),
        plain("reduceMean", [[4, 3, 5]], lambda x: x.mean(dim=(2, 3), keepdim=True)),
        plain("globalMaxPool", [[4, 3, 5]], lambda x: F.adaptive_max_pool2d(x, 1)),
    ]
    return cases


def gated():
    """As scale-fold has it: the gate scales the weights, here as F.conv2d takes them."""
    cases = []
    for groups in (1, 2):
        op = {
            "kind": "gatedConv2d",
            "outChannels": 4,
            "groups": groups,
            **window((3, 3), (2, 2), (1, 1)),
        }
        cases.append(
            OpCase(
                f"gatedConv2d, {groups} groups",
                op,
                [[4, 5, 6], [4, 1, 1]],
                lambda x, gate, weight, bias, groups=groups: F.conv2d(
                    x, weight * gate[0][..., None], bias * gate.flatten(), 2, 1, groups=groups
                ),
                {"weight": [4, 4 // groups, 3, 3], "bias": [4]},
            )
        )
    upsample = lambda x: F.interpolate(x, size=(2, 5), mode="nearest")
    return [*cases, plain("upsample", [[3, 1, 1]], upsample, size=[2, 5])]


def normalised():
    norm = {key: [3] for key in ("weight", "bias", "running_mean", "running_var")}
    return [
        OpCase(
            "batchNorm",
            {"kind": "batchNorm", "epsilon": 1e-3},
            [[3, 2, 3]],
            lambda x, weight, bias, running_mean, running_var: F.batch_norm(
                x, running_mean, running_var, weight, bias, eps=1e-3
            ),
            norm,
        ),
        OpCase(
            "dense",
            {"kind": "dense", "units": 4},
            [[5]],
            lambda x, weight: F.linear(x, weight),
            {"weight": [4, 5]},
        ),
        OpCase(
            "dense, bias",
            {"kind": "dense", "units": 3},
            [[6]],
            lambda x, weight, bias: F.linear(x, weight, bias),
            {"weight": [3, 6], "bias": [3]},
        ),
    ]


def elementwise():
    shape = [2, 2, 3]
    return [
        plain("input", [shape], lambda x: x),
        plain("relu", [shape], torch.relu),
        plain("sigmoid", [shape], torch.sigmoid),
        plain("tanh", [shape], torch.tanh),
        plain("silu", [shape], F.silu),
        plain("hardSwish", [shape], F.hardswish),
        plain("hardSigmoid", [shape], F.hardsigmoid, alpha=1 / 6, beta=0.5),
        plain(
            "hardSigmoid",
            [[2, 4, 5]],
            lambda x: torch.clamp(0.5 * x + 0.4, 0, 1),
            name="hardSigmoid that saturates",
            alpha=0.5,
            beta=0.4,
        ),
        plain("clip", [[2, 4, 5]], lambda x: torch.clamp(x, -0.5, 1), min=-0.5, max=1),
        plain("offsetBy", [shape], lambda x: x + 3, offset=3),
        plain("divideBy", [shape], lambda x: x / 6, divisor=6),
        plain("scaleBy", [shape], lambda x: x * 0.17, factor=0.17),
        plain("add", [shape] * 2, lambda a, b: a + b),
        plain("add", [shape] * 3, lambda a, b, c: a + b + c, name="add of three"),
        plain("mul", [shape] * 2, lambda a, b: a * b),
        plain("mul", [[3, 2, 4], [3, 1, 1]], lambda x, gate: x * gate, name="mul by a gate"),
    ]


def rearranged():
    return [
        plain("concat", [[2, 2, 3], [1, 2, 3], [3, 2, 3]], lambda *x: torch.cat(x, dim=1)),
        plain("channelShuffle", [[6, 2, 2]], lambda x: F.channel_shuffle(x, 3), groups=3),
        plain("flatten", [[2, 3, 2]], lambda x: x.flatten(1)),
        plain("unflatten", [[5]], lambda x: x[:, :, None, None]),
    ]
