#!/usr/bin/env bash
# tfjs on WebGL: relu of a large negative number is NaN in half precision, 0/0 is 1, and a NaN
# switches off the clipping of its neighbours
#
# Packages: npm @tensorflow/tfjs-core, -backend-cpu and -backend-webgl 4.22.0,
# @sparticuz/chromium 153.0.0 (with SwiftShader, a GPU in software), playwright-core 1.65.1.
#
# Guess, written before the run: relu(-Infinity) is 0 and relu(-70000) is 0, in half-float textures
# too (they overflow to -Infinity, which relu turns to 0); 0/0 is NaN; a NaN stays where it is.
#
# Seen on 2026-11-30 (Linux x64), without an error or a warning:
#
#   look                                            cpu             webgl
#   relu of 1 -Infinity                             1 0             1 NaN
#   relu6 of the same                               1 0             1 NaN
#   relu of 1 -70000, half-float textures           1 0             1 NaN
#   fused.conv2d with relu, the same sum            0               0
#   gate [0 0 0 0] over its maximum                 NaN x 4         1 1 1 1
#   clip [[NaN, 100, 100], [100, 100, 100]] to 0..6
#                                                   NaN 6 6 6 6 6   NaN 100 6 100 100 6
#
# This is in the shaders' source, not in a GPU: relu is x * (x >= 0), so -Infinity times 0; a
# quotient of equal numbers is 1, whatever they are; a clip leaves all four values of a texel alone if
# any of them is NaN. Half-float textures are what tfjs takes on GPUs without 32-bit render targets,
# as on many phones (here WEBGL_FORCE_F16_TEXTURES): a sum below -65504 before a ReLU, where the
# ReLU does not come with the convolution, is NaN there, and everything after it.
# With WEBGL_PACK set to false, relu and the clip are right, and 0/0 is still 1.
#
# Exits non-zero when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir tmp
export TMPDIR="$work/tmp"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs-core@4.22.0 \
  @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-webgl@4.22.0 \
  @sparticuz/chromium@153.0.0 playwright-core@1.65.1
cat >look.mjs <<'JS'
import assert from "node:assert/strict";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  args: ["--no-sandbox", "--enable-unsafe-swiftshader", "--use-angle=swiftshader", "--ignore-gpu-blocklist"],
});

async function on(backend, flags = {}) {
  const page = await browser.newPage();
  for (const bundle of ["core", "backend-cpu", "backend-webgl"]) {
    await page.addScriptTag({ path: `node_modules/@tensorflow/tfjs-${bundle}/dist/tf-${bundle}.min.js` });
  }
  const seen = await page.evaluate(
    async ([backend, flags]) => {
      console.warn = () => {};
      tf.env().set("SOFTWARE_WEBGL_ENABLED", true);
      for (const [flag, value] of Object.entries(flags)) tf.env().set(flag, value);
      if (!(await tf.setBackend(backend))) throw new Error(`no ${backend}`);
      await tf.ready();
      const gate = tf.tensor4d([0, 0, 0, 0], [1, 1, 1, 4]);
      const looks = {
        relu: tf.relu(tf.tensor1d([1, -Infinity])),
        relu6: tf.relu6(tf.tensor1d([1, -Infinity])),
        "relu of -70000": tf.relu(tf.tensor1d([1, -70000])),
        "with the convolution": tf.fused.conv2d({
          x: tf.fill([1, 1, 1, 1], -300),
          filter: tf.fill([1, 1, 1, 1], 300),
          strides: 1,
          pad: "valid",
          activation: "relu",
        }),
        gate: tf.div(gate, tf.max(gate, 3, true)),
        clip: tf.clipByValue(tf.tensor2d([NaN, 100, 100, 100, 100, 100], [2, 3]), 0, 6),
      };
      const seen = {};
      for (const [name, tensor] of Object.entries(looks)) seen[name] = Array.from(await tensor.data()).join(" ");
      return seen;
    },
    [backend, flags],
  );
  await page.close();
  for (const [name, values] of Object.entries(seen)) console.log(backend.padEnd(6), JSON.stringify(flags).padEnd(34), name.padEnd(21), values);
  return seen;
}

try {
  const right = {
    relu: "1 0",
    relu6: "1 0",
    "relu of -70000": "1 0",
    "with the convolution": "0",
    gate: "NaN NaN NaN NaN",
    clip: "NaN 6 6 6 6 6",
  };
  const single = { ...right, relu: "1 NaN", relu6: "1 NaN", gate: "1 1 1 1", clip: "NaN 100 6 100 100 6" };
  assert.deepEqual(await on("cpu"), right);
  assert.deepEqual(await on("webgl"), single);
  assert.deepEqual(await on("webgl", { WEBGL_FORCE_F16_TEXTURES: true }), { ...single, "relu of -70000": "1 NaN" });
  assert.deepEqual(await on("webgl", { WEBGL_PACK: false }), { ...right, gate: "1 1 1 1" });
  console.log("as recorded: infinities, 0/0 and the neighbours of a NaN are wrong on WebGL");
} finally {
  await browser.close();
}
JS
node look.mjs
