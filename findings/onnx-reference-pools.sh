#!/usr/bin/env bash
# ONNX's own reference evaluator computes pools wrongly: unequal paddings swap places, and
# "ceil" slides the windows
#
# Packages: PyPI onnx 1.23.2, numpy 2.4.6, onnxruntime 1.30.0.
#
# Guess, written before the run: onnx.reference.ReferenceEvaluator, which others are judged
# by, gives the shape that onnx's own shape inference gives, and the values of the operator's
# formula; where onnxruntime differs, onnxruntime is wrong.
#
# Seen on 2026-11-30 (Linux x64, Python 3.11), on models that the checker passes, without an
# error or a warning:
#
#   MaxPool 2x2, stride 1, pads [1, 0, 1, 1] (top, left, bottom, right) of 1x1x7x7
#     shape inference, onnxruntime, the formula by hand   1x1x8x7
#     reference evaluator                                 1x1x7x8, other values
#   MaxPool 3x3, stride 2, SAME_LOWER of 1x1x9x8
#     shape inference, onnxruntime                        1x1x5x4
#     reference evaluator                                 1x1x4x4
#   AveragePool 3x3, stride 3, ceil_mode 1, no padding, of 1..49 as 7x7
#     the first window holds 1 2 3 8 9 10 15 16 17, mean 9
#     onnxruntime, the formula by hand                    9
#     reference evaluator                                 5: it centres the missing cells, so
#                                                         the first window starts at row -1
#
# In stride 1 the evaluator reads MaxPool's pads as (begin, end) pairs, an axis after the
# other, though the standard lists all begins first. With equal paddings and floor, as in
# nearly every test, all agree. An odd look of ceil in the evaluator was reported in
# https://github.com/onnx/onnx/issues/4958 (closed as stale). Networks that come from TensorFlow
# pad unequally, and SENet-154 and SqueezeNet pool with ceil: check those against two engines.
#
# Exits non-zero when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check onnx==1.23.2 numpy==2.4.6 onnxruntime==1.30.0
cat >"$work/look.py" <<'PY'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

onnxruntime.set_default_logger_severity(4)


def answers(op, size, **attributes):
    """The inferred shape, onnxruntime's answer and the reference evaluator's answer."""
    node = helper.make_node(op, ["x"], ["y"], **attributes)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, *size])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * 4)
    model = helper.make_model(helper.make_graph([node], "pool", [x], [y]), opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape
    data = np.arange(1, 1 + size[0] * size[1], dtype=np.float32).reshape(1, 1, *size)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return tuple(d.dim_value for d in inferred.dim), session.run(None, {"x": data})[0], ReferenceEvaluator(model).run(None, {"x": data})[0]


def by_hand(size, kernel, stride, top, left, rows, columns, reduce):
    """The windows of the operator's formula, cells outside the map left out."""
    data = np.arange(1, 1 + size[0] * size[1], dtype=np.float32).reshape(size)
    out = np.empty((1, 1, rows, columns), np.float32)
    for i in range(rows):
        for j in range(columns):
            r, c = i * stride - top, j * stride - left
            out[0, 0, i, j] = reduce(data[max(r, 0) : r + kernel, max(c, 0) : c + kernel])
    return out


inferred, engine, reference = answers("MaxPool", (7, 7), kernel_shape=[2, 2], pads=[1, 0, 1, 1])
print("MaxPool pads [1,0,1,1]   inferred", inferred, "onnxruntime", engine.shape, "reference", reference.shape)
assert inferred == engine.shape == (1, 1, 8, 7) and reference.shape == (1, 1, 7, 8)
np.testing.assert_array_equal(engine, by_hand((7, 7), 2, 1, 1, 0, 8, 7, np.max))
assert not np.array_equal(reference[..., :7], engine[..., :7, :])

inferred, engine, reference = answers("MaxPool", (9, 8), kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER")
print("MaxPool SAME_LOWER       inferred", inferred, "onnxruntime", engine.shape, "reference", reference.shape)
assert inferred == engine.shape == (1, 1, 5, 4) and reference.shape == (1, 1, 4, 4)

inferred, engine, reference = answers("AveragePool", (7, 7), kernel_shape=[3, 3], strides=[3, 3], ceil_mode=1)
print("AveragePool ceil         first value: onnxruntime", engine[0, 0, 0, 0], "reference", reference[0, 0, 0, 0])
assert inferred == engine.shape == reference.shape == (1, 1, 3, 3)
np.testing.assert_allclose(engine, by_hand((7, 7), 3, 3, 0, 0, 3, 3, np.mean))
assert engine[0, 0, 0, 0] == 9 and reference[0, 0, 0, 0] == 5
print("as recorded: the reference evaluator is the one that is wrong")
PY
"$work/venv/bin/python" "$work/look.py"
