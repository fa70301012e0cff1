#!/usr/bin/env bash
# tfjs on wasm: where tfjs-core and the kernel disagree on a window's output size, the
# answer is shifted and its end is memory that nobody wrote
#
# Packages: npm @tensorflow/tfjs-core, -backend-cpu and -backend-wasm 4.22.0.
#
# Guess, written before the run: a pooling or convolution with a number as padding gives
# the same on `cpu` and `wasm`, for dimRoundingMode "ceil" and for windows that are not
# square; and a 1x3 window over 5x5 with padding 0 gives 5x3.
#
# Seen on 2026-11-30 (Linux x64, Node 20.20), without an error or a warning:
#
#   maxPool 2x2, stride 2, padding 0, "ceil", of 1..25 as 5x5: the shape is [1,3,3,1] on both
#     cpu    7 9 10 | 17 19 20 | 22 24 25
#     wasm   7 9 17 | 19 ?  ?  | ?  ?  ?     its kernel works out 2x2 by itself and packs
#                                            that in front; ? is whatever lay in the heap
#                                            (0 to 1e-40 in a fresh process)
#   avgPool and conv2d are alike.
#
#   conv2d 1x3 of ones, padding 0, of 1..25 as 5x5: tfjs-core takes the window's height for
#   both axes (https://github.com/tensorflow/tfjs/issues/649, closed for inactivity in 2018),
#   so the shape is [1,5,5,1] instead of [1,5,3,1]
#     cpu    6 9 12 9 5 | 21 24 27 19 10 | ...   the two columns too many run off the map
#     wasm   6 9 12 21 24 | 27 36 39 42 51 | ... the right 5x3 values, packed; the last 10
#                                                are memory that nobody wrote
#   With "valid" or "same", and with [[0,0],[0,0],[0,0],[0,0]], both are right.
#
# A network that pools with "ceil" (GoogLeNet, SENet-154 and SqueezeNet in PyTorch's form)
# therefore runs on wasm, and its maps are torn apart.
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

const map = () => tf.reshape(tf.range(1, 26), [1, 5, 5, 1]);
const looks = {
  "max, ceil": () => tf.maxPool(map(), 2, 2, 0, "ceil"),
  "max, floor": () => tf.maxPool(map(), 2, 2, 0, "floor"),
  "1x3, 0": () => tf.conv2d(map(), tf.ones([1, 3, 1, 1]), 1, 0),
  "1x3, valid": () => tf.conv2d(map(), tf.ones([1, 3, 1, 1]), 1, "valid"),
};

async function on(backend) {
  assert.equal(await tf.setBackend(backend), true);
  await tf.ready();
  const seen = {};
  for (const [name, look] of Object.entries(looks)) {
    const tensor = look();
    seen[name] = { shape: tensor.shape, values: [...tensor.dataSync()] };
    console.log(backend.padEnd(5), name.padEnd(11), JSON.stringify(tensor.shape), seen[name].values.map((x) => Number(x.toPrecision(3))).join(" "));
  }
  return seen;
}

(async () => {
  const cpu = await on("cpu");
  const wasm = await on("wasm");
  const valid = [6, 9, 12, 21, 24, 27, 36, 39, 42, 51, 54, 57, 66, 69, 72];
  for (const seen of [cpu, wasm]) {
    assert.deepEqual(seen["max, ceil"].shape, [1, 3, 3, 1]);
    assert.deepEqual(seen["max, floor"].values, [7, 9, 17, 19]);
    assert.deepEqual(seen["1x3, 0"].shape, [1, 5, 5, 1]);
    assert.deepEqual(seen["1x3, valid"], { shape: [1, 5, 3, 1], values: valid });
  }
  assert.deepEqual(cpu["max, ceil"].values, [7, 9, 10, 17, 19, 20, 22, 24, 25]);
  assert.deepEqual(wasm["max, ceil"].values.slice(0, 4), [7, 9, 17, 19]);
  assert.notDeepEqual(wasm["max, ceil"].values.slice(4), [19, 20, 22, 24, 25]);
  assert.deepEqual(cpu["1x3, 0"].values.slice(0, 5), [6, 9, 12, 9, 5]);
  assert.deepEqual(wasm["1x3, 0"].values.slice(0, 15), valid);
  console.log("as recorded: wasm packs its own smaller answer into the larger shape");
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
JS
node look.cjs
