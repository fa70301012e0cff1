#!/usr/bin/env bash
# tfjs on wasm adds the wrong bias to every row but the first of a fused matrix product
#
# Packages: npm @tensorflow/tfjs-core, -backend-cpu and -backend-wasm 4.22.0.
#
# Guess, written before the run: tf.fused.matMul gives on `wasm` what it gives on
# `cpu`; row i of the product gets bias[j] in column j.
#
# Seen on 2026-11-30 (Linux x64, Node 20.20): with transposeA or transposeB, and with
# a batch of matrices, `wasm` adds bias[j] to the first row alone. Every later row gets
# the last element of the bias in all its columns. No error, no warning. A product of
# zeros with the bias [10, 20, 30, 40], three rows:
#
#   transposeB   cpu    10 20 30 40 | 10 20 30 40 | 10 20 30 40
#   transposeB   wasm   10 20 30 40 | 40 40 40 40 | 40 40 40 40
#   transposeA   wasm   10 20 30 40 | 40 40 40 40 | 40 40 40 40
#   batch of 2   wasm   10 20 30 40 | 40 40 40 40 | 40 40 40 40, in each of the two
#   plain        wasm   right (that way goes through XNNPACK)
#
# One row alone is right, so a gate that is checked with one image passes, and is
# wrong for every further image of a batch. The converter makes this operator
# (_FusedMatMul) of MatMul, BiasAdd and an activation, with the transposes kept.
# tf.add(tf.matMul(a, b, false, true), bias) is right everywhere.
#
# Exits non-zero when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat >look.cjs <<'JS'
const assert = require("node:assert/strict");
const path = require("node:path");
console.warn = () => {};
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")) + "/dist/");

const rows = (tensor) => {
  const columns = tensor.shape.at(-1);
  const values = [...tensor.dataSync()];
  return Array.from({ length: values.length / columns }, (_, i) => values.slice(i * columns, (i + 1) * columns).join(" ")).join(" | ");
};

const looks = {
  plain: (bias) => tf.fused.matMul({ a: tf.zeros([3, 2]), b: tf.zeros([2, 4]), bias }),
  transposeB: (bias) => tf.fused.matMul({ a: tf.zeros([3, 2]), b: tf.zeros([4, 2]), transposeB: true, bias }),
  transposeA: (bias) => tf.fused.matMul({ a: tf.zeros([2, 3]), b: tf.zeros([2, 4]), transposeA: true, bias }),
  "batch of 2": (bias) => tf.fused.matMul({ a: tf.zeros([2, 3, 2]), b: tf.zeros([2, 2, 4]), bias }),
  "one row": (bias) => tf.fused.matMul({ a: tf.zeros([1, 2]), b: tf.zeros([4, 2]), transposeB: true, bias }),
  unfused: (bias) => tf.add(tf.matMul(tf.zeros([3, 2]), tf.zeros([4, 2]), false, true), bias),
};

async function on(backend) {
  assert.equal(await tf.setBackend(backend), true);
  await tf.ready();
  const bias = tf.tensor1d([10, 20, 30, 40]);
  const seen = Object.fromEntries(Object.entries(looks).map(([name, look]) => [name, rows(look(bias))]));
  for (const [name, values] of Object.entries(seen)) console.log(backend.padEnd(5), name.padEnd(11), values);
  return seen;
}

(async () => {
  const right = "10 20 30 40 | 10 20 30 40 | 10 20 30 40";
  const wrong = "10 20 30 40 | 40 40 40 40 | 40 40 40 40";
  const others = { plain: right, "one row": "10 20 30 40", unfused: right };
  assert.deepEqual(await on("cpu"), { ...others, transposeB: right, transposeA: right, "batch of 2": `${right} | ${right}` });
  assert.deepEqual(await on("wasm"), { ...others, transposeB: wrong, transposeA: wrong, "batch of 2": `${wrong} | ${wrong}` });
  console.log("as recorded: wasm is wrong from the second row on");
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
JS
node look.cjs
