#!/usr/bin/env bash
# tfjs on wasm: clipByValue reads an int32 tensor as float bits, and a cast to bool keeps a byte
#
# Packages: npm @tensorflow/tfjs-core, -backend-cpu and -backend-wasm 4.22.0.
#
# Guess, written before the run: clipByValue of an int32 tensor (what fromPixels gives) clips
# whole numbers, and a cast to bool is "not zero", as on `cpu`; a kernel that cannot do a
# type says so, as MaxPool on wasm does for int32.
#
# Seen on 2026-11-30 (Linux x64, Node 20.20), without an error or a warning:
#
#                                              cpu               wasm
#   clip [0, 50, 128, 255] int32 to 16..235    16 50 128 235     1098907648, four times
#   clip the same to 0..235                    0 50 128 235      0 50 128 255
#   cast [0.3, -0.3, 1, 0, 256, 2.5] to bool   1 1 1 0 1 1       0 0 1 0 0 2
#   where(cast([0.3, 0] to bool), 1, -1)       1 -1              -1 -1
#   sum of cast([2, 3, 0.5] to bool)           3                 5
#
# 1098907648 is 16.0's bits (0x41800000): the whole numbers are compared as the tiny floats
# that have the same bits. In the second row nothing is clipped, since all four are tiny. The
# cast cuts a number to one byte: a fraction is false, a multiple of 256 as well, and "true"
# can be 2.
#
# Images come as int32, so a clip to the video range before a network turns every pixel into
# the same number on wasm; so does a mask made by casting weights to bool. Cast to float32
# before clipping, and compare (tf.notEqual(x, 0)) instead of casting: right on both.
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

const pixels = () => tf.tensor1d([0, 50, 128, 255], "int32");
const mask = (...values) => tf.cast(tf.tensor1d(values), "bool");
const looks = {
  "clip int32 to 16..235": () => tf.clipByValue(pixels(), 16, 235),
  "clip int32 to 0..235": () => tf.clipByValue(pixels(), 0, 235),
  "clip float32 to 16..235": () => tf.clipByValue(tf.cast(pixels(), "float32"), 16, 235),
  "cast to bool": () => mask(0.3, -0.3, 1, 0, 256, 2.5),
  "not equal to 0": () => tf.notEqual(tf.tensor1d([0.3, -0.3, 1, 0, 256, 2.5]), 0),
  "where(cast)": () => tf.where(mask(0.3, 0), tf.tensor1d([1, 1]), tf.tensor1d([-1, -1])),
  "sum of a cast": () => tf.sum(mask(2, 3, 0.5)),
};

async function on(backend) {
  assert.equal(await tf.setBackend(backend), true);
  await tf.ready();
  const seen = {};
  for (const [name, look] of Object.entries(looks)) {
    seen[name] = [...look().dataSync()].join(" ");
    console.log(backend.padEnd(5), name.padEnd(24), seen[name]);
  }
  return seen;
}

(async () => {
  const same = { "clip float32 to 16..235": "16 50 128 235", "not equal to 0": "1 1 1 0 1 1" };
  assert.deepEqual(await on("cpu"), {
    ...same,
    "clip int32 to 16..235": "16 50 128 235",
    "clip int32 to 0..235": "0 50 128 235",
    "cast to bool": "1 1 1 0 1 1",
    "where(cast)": "1 -1",
    "sum of a cast": "3",
  });
  assert.deepEqual(await on("wasm"), {
    ...same,
    "clip int32 to 16..235": "1098907648 1098907648 1098907648 1098907648",
    "clip int32 to 0..235": "0 50 128 255",
    "cast to bool": "0 0 1 0 0 2",
    "where(cast)": "-1 -1",
    "sum of a cast": "5",
  });
  console.log("as recorded: wasm takes the bits for the number");
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
JS
node look.cjs
