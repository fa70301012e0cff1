#!/usr/bin/env bash
# A Keras 3 model in tfjs-layers: five layers silently compute something else
#
# Packages: PyPI keras 3.15.1 (on jax 0.10.2); npm @tensorflow/tfjs-core, -backend-cpu and
# -layers 4.22.0.
#
# Guess, written before the run: once its topology is accepted, tf.loadLayersModel gives the
# numbers of Keras 3 or refuses the layer by name, as it does for ELU(alpha=0.5): "Non-default
# alpha value (0.5) is not supported by the ELU layer yet".
#
# Seen on 2026-11-30 (Linux x64, Node 20.20, Python 3.11). model.to_json() of Keras 3 is refused
# as it is ("An InputLayer should be passed either a batchInputShape or an inputShape"). With
# the remedy that users give each other (rename batch_shape, put the dtype's name in the place of
# its policy) it loads, and without an error or a warning:
#
#   layer, input                                      Keras 3               tfjs-layers
#   Activation("hard_sigmoid"), -3 -1 0.5 2.5         0 .333 .583 .917      0 .3 .6 1
#   ReLU(negative_slope=0.1), the same                -.3 -.1 .5 2.5        0 0 .5 2.5
#   ReLU(threshold=1), the same                       0 0 0 2.5             0 0 .5 2.5
#   LeakyReLU(negative_slope=0.1), the same           -.3 -.1 .5 2.5        -.9 -.3 .5 2.5
#   UpSampling2D(2, "bilinear"), [[1,2],[3,4]]        1 1.25 1.75 2 ...     1 1.5 2 2 ...
#   GlobalAveragePooling2D(keepdims=True)             [1,1,1,1]             [1,1]
#
# Keras 3 made hard_sigmoid relu6(x+3)/6; tfjs-layers keeps clip(0.2x+0.5, 0, 1) of Keras 2, so
# every hard gate of a squeeze-and-excitation block is off by up to 0.083. LeakyReLU's slope got a
# new name, and the old one's default of 0.3 takes its place. The upsampling samples at corners
# rather than at pixel centres (https://github.com/tensorflow/tfjs/issues/4364, of the function,
# closed). The axes that keepdims asks for are dropped, so what follows gets a matrix for a map.
#
# Exits non-zero when the behaviour has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check keras==3.15.1 jax==0.10.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-layers@4.22.0
cat >models.py <<'PY'
import json
import keras
import numpy as np
from keras import layers

row = np.array([[-3, -1, 0.5, 2.5]], np.float32)
image = np.array([1, 2, 3, 4], np.float32).reshape(1, 2, 2, 1)
looks = [
    (layers.Activation("hard_sigmoid"), row),
    (layers.ReLU(negative_slope=0.1), row),
    (layers.ReLU(threshold=1.0), row),
    (layers.LeakyReLU(negative_slope=0.1), row),
    (layers.UpSampling2D(2, interpolation="bilinear"), image),
    (layers.GlobalAveragePooling2D(keepdims=True), image),
    (layers.ReLU(max_value=2.0), row),
    (layers.ELU(alpha=0.5), row),
]
models = []
for layer, x in looks:
    model = keras.Sequential([keras.Input(x.shape[1:]), layer])
    y = np.asarray(model(x))
    models.append({"topology": json.loads(model.to_json()), "x": x.ravel().tolist(), "xShape": x.shape, "y": y.ravel().tolist(), "yShape": y.shape})
json.dump(models, open("models.json", "w"))
PY
KERAS_BACKEND=jax KERAS_HOME="$work" venv/bin/python models.py
cat >look.cjs <<'JS'
const assert = require("node:assert/strict");
console.warn = () => {};
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
const { loadLayersModel } = require("@tensorflow/tfjs-layers");

/** The remedy that makes Keras 3's topology acceptable. */
function adapt(node) {
  if (node === null || typeof node !== "object") return;
  if ("batch_shape" in node) node.batch_input_shape = node.batch_shape;
  if (typeof node.dtype === "object") node.dtype = node.dtype.config.name;
  Object.values(node).forEach(adapt);
}

const round = (values) => [...values].map((x) => Number(x.toFixed(3)));
const load = (topology) =>
  loadLayersModel({ load: async () => ({ modelTopology: { model_config: topology }, weightSpecs: [], weightData: new ArrayBuffer(0) }) });

async function look({ topology, x, xShape, y, yShape }) {
  await assert.rejects(load(structuredClone(topology)), /batchInputShape/);
  adapt(topology);
  const layer = topology.config.layers[1];
  try {
    const model = await load(topology);
    const out = model.predict(tf.tensor(x, xShape));
    const seen = { keras: round(y), tfjs: round(out.dataSync()), kerasShape: yShape, tfjsShape: out.shape };
    console.log(layer.class_name.padEnd(24), JSON.stringify(seen));
    return seen;
  } catch (error) {
    console.log(layer.class_name.padEnd(24), "refused:", error.message);
    return error.message;
  }
}

(async () => {
  await tf.setBackend("cpu");
  const [sigmoid, slope, threshold, leaky, up, mean, relu, elu] = await Promise.all(require("./models.json").map(look));
  assert.deepEqual([sigmoid.keras, sigmoid.tfjs], [[0, 0.333, 0.583, 0.917], [0, 0.3, 0.6, 1]]);
  assert.deepEqual([slope.keras, slope.tfjs], [[-0.3, -0.1, 0.5, 2.5], [0, 0, 0.5, 2.5]]);
  assert.deepEqual([threshold.keras, threshold.tfjs], [[0, 0, 0, 2.5], [0, 0, 0.5, 2.5]]);
  assert.deepEqual([leaky.keras, leaky.tfjs], [[-0.3, -0.1, 0.5, 2.5], [-0.9, -0.3, 0.5, 2.5]]);
  assert.deepEqual([up.keras.slice(0, 4), up.tfjs.slice(0, 4)], [[1, 1.25, 1.75, 2], [1, 1.5, 2, 2]]);
  assert.deepEqual([mean.kerasShape, mean.tfjsShape], [[1, 1, 1, 1], [1, 1]]);
  assert.deepEqual(relu.keras, relu.tfjs);
  assert.match(elu, /Non-default alpha value/);
  console.log("as recorded: five layers differ in silence");
})().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
JS
node look.cjs
