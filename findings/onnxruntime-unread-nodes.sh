#!/usr/bin/env bash
# onnxruntime: a node whose result nobody reads is run, at every level of optimisation
#
# Packages: npm onnxruntime-node 1.30.0; PyPI onnx 1.23.2, numpy 2.4.6.
#
# Guess, written before the run: the optimiser at level "all" leaves out a node whose outputs are
# neither read nor outputs of the graph, as every compiler does; at the worst it takes "extended".
#
# Seen on 2026-12-01 (Linux x64, CPU provider), one model of three nodes that all read x, of which
# Relu alone gives the graph's output:
#
#   level      nodes that ran      nodes in the file that optimizedModelFilePath saves
#   disabled   Conv, Exp, Relu
#   basic      Conv, Exp, Relu     Conv, Exp, Relu
#   extended   Conv, Exp, Relu     Conv, Exp, Relu
#   all        Conv, Exp, Relu
#
# So what is left of a graph that was cut, of an exporter's debug output, or of a value that was
# dequantised for nobody costs its full time in every run. onnx 1.23.2's own checker accepts such files,
# and full_check says nothing. onnxruntime issue 16483 is about outputs that a call does not ask for,
# which is another case: there the graph still promises them.
#
# Exits non-zero when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir tmp
export TMPDIR="$work/tmp"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check onnx==1.23.2 numpy==2.4.6
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0
cat >model.py <<'PY'
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

shape = [1, 8, 32, 32]
nodes = [
    helper.make_node("Relu", ["x"], ["y"]),
    helper.make_node("Exp", ["x"], ["unread"]),
    helper.make_node("Conv", ["x", "w"], ["unread_too"], kernel_shape=[3, 3]),
]
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
weights = numpy_helper.from_array(np.ones((8, 8, 3, 3), np.float32), "w")
graph = helper.make_graph(nodes, "three", [value("x")], [value("y")], [weights])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, "model.onnx")
PY
venv/bin/python model.py
cat >look.mjs <<'JS'
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import ort from "onnxruntime-node";

const x = new ort.Tensor("float32", new Float32Array(8 * 32 * 32).fill(0.5), [1, 8, 32, 32]);
for (const level of ["disabled", "basic", "extended", "all"]) {
  const session = await ort.InferenceSession.create("model.onnx", {
    graphOptimizationLevel: level,
    enableProfiling: true,
    profileFilePrefix: `profile-${level}`,
    optimizedModelFilePath: `saved-${level}.onnx`,
    logSeverityLevel: 3,
  });
  await session.run({ x });
  session.endProfiling();
  const file = readdirSync(".").find((name) => name.startsWith(`profile-${level}`));
  const events = JSON.parse(readFileSync(file, "utf8"));
  const ran = events
    .filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"))
    .map(({ args }) => args.op_name)
    .toSorted();
  console.log(level.padEnd(10), ran.join(", "));
  assert.deepEqual(ran.filter((name) => !name.startsWith("Reorder")), ["Conv", "Exp", "Relu"]);
}
JS
node look.mjs
cat >saved.py <<'PY'
import onnx

for level in ["basic", "extended"]:
    kinds = sorted(node.op_type for node in onnx.load(f"saved-{level}.onnx").graph.node)
    print(level.ljust(10), ", ".join(kinds))
    assert kinds == ["Conv", "Exp", "Relu"], kinds
print("as recorded: nodes that nobody reads are run")
PY
venv/bin/python saved.py
