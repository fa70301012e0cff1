import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { LoweredNetwork } from "@sebench/lowering";
import type { Engine } from "@sebench/runtime";
import { expect, it } from "vitest";
import { onnxruntimeNodeWebgpu } from "./runtime.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("compiles its shaders once, however many sessions come and go", async ({ skip }) => {
  await using engine = await onnxruntimeNodeWebgpu.load({ threads: 2 });
  const availability = await engine.probe();
  if (!availability.ok) skip(availability.reason);
  // The time that a GPU takes to compile is too short to tell.
  else if (!availability.software) skip("the GPU is none in software");
  const first = await firstRun(engine);
  // A session that is not kept is collected here, and the shaders with it.
  collectGarbage();
  await setImmediate();
  expect(await firstRun(engine)).toBeLessThan(first / 3);
}, 120_000);

/** The milliseconds that the first run of a fresh session takes. */
async function firstRun(engine: Engine): Promise<number> {
  const options = { batch: 1, precision: "fp32" } as const;
  await using session = await engine.prepare(await engine.encode(convolution, options), options);
  const input = await session.stage({ shape: [1, 3, 8, 8], data: new Float32Array(192) });
  const start = performance.now();
  await session.run(input);
  return performance.now() - start;
}

const place = { role: "head", stage: null, block: null, parameters: {} } as const;
const weight = { name: "weight", shape: [8, 3, 3, 3] };
const window = { kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1] } as const;
const convolution: LoweredNetwork = {
  network: {
    name: "convolution",
    nodes: [
      { ...place, name: "input", op: { kind: "input" }, inputs: [], shape: [3, 8, 8] },
      {
        ...place,
        name: "conv",
        op: { kind: "conv2d", outChannels: 8, groups: 1, ...window },
        inputs: ["input"],
        parameters: { weight },
        shape: [8, 8, 8],
      },
      { ...place, name: "logits", op: { kind: "flatten" }, inputs: ["conv"], shape: [512] },
    ],
    output: "logits",
  },
  weights: new Map([["weight", { shape: weight.shape, data: new Float32Array(216).fill(0.1) }]]),
  lowering: "gemm",
};
