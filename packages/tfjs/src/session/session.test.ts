import { lower } from "@sebench/lowering";
import { testImages } from "@sebench/reference/testing";
import type { Session } from "@sebench/runtime";
import { buildNetwork, inputShape, InputError, type Network } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { tfjsEngine } from "../engine.ts";
import { openBackend, testBackends } from "../testing/backend.ts";
import { testBinding } from "../testing/binding.ts";
import type { ProfiledRun, TfjsBinding } from "./binding.ts";

const options = { batch: 1, precision: "fp32" } as const;
const network = buildNetwork("se-resnet8", { imageSize: 4 });
const images = testImages(1, inputShape(network));

async function open(binding: TfjsBinding, of: Network = network): Promise<Session> {
  const engine = tfjsEngine(binding);
  const lowered = lower(of, seededWeights(of, 1), "gemm");
  return engine.prepare(await engine.encode(lowered, options), options);
}

describe.each(testBackends)("a session on %s", (backend) => {
  it("leaves as many tensors after 1,000 runs as after one", async () => {
    const tf = await openBackend(backend);
    const before = tf.memory();
    const session = await open(testBinding(backend));
    const staged = await session.stage(images);
    await session.run(staged);
    const afterOne = tf.memory();
    for (let run = 0; run < 1000; run++) await session.run(staged);
    expect(tf.memory()).toEqual(afterOne);
    expect(afterOne.numTensors).toBeGreaterThan(before.numTensors);
    await session[Symbol.asyncDispose]();
    expect(tf.memory()).toEqual(before);
  });

  it("holds no tensor of a run beside its constants", async () => {
    const tf = await openBackend(backend);
    const session = await open(testBinding(backend));
    const prepared = tf.memory().numTensors;
    const running = session.run(await session.stage(images));
    // The two more are the images and the logits, while they are read.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(prepared + 2);
    await running;
    expect(tf.memory().numTensors).toBe(prepared);
    await session[Symbol.asyncDispose]();
  });

  it("keeps a value no longer than until its last reader has run", async () => {
    const tf = await openBackend(backend);
    const large = buildNetwork("se-resnet8", { imageSize: 32 });
    const session = await open(testBinding(backend), large);
    const staged = await session.stage(testImages(1, inputShape(large)));
    const { numBytes } = tf.memory();
    const { peakBytes } = await tf.profile(async () => {
      await session.run(staged);
      return [];
    });
    // At most four maps of 16 channels and the image are alive at once: a block's input, the input
    // and output of its second convolution, and the scaled map.
    const map = 4 * 16 * 32 * 32;
    expect(peakBytes - numBytes).toBeLessThan(5 * map);
    await session[Symbol.asyncDispose]();
  });

  it("rejects a run, and leaves no tensor of it, where the device is gone", async () => {
    const tf = await openBackend(backend);
    const gone: TfjsBinding = {
      ...testBinding(backend),
      requireAlive() {
        throw new Error("the context is lost");
      },
    };
    const session = await open(gone);
    const prepared = tf.memory().numTensors;
    const staged = await session.stage(images);
    await expect(session.run(staged)).rejects.toThrow("the context is lost");
    expect(tf.memory().numTensors).toBe(prepared);
    await session[Symbol.asyncDispose]();
  });

  it("refuses to run, stage and attest once it is disposed of", async () => {
    const session = await open(testBinding(backend));
    const staged = await session.stage(images);
    await session[Symbol.asyncDispose]();
    await expect(session.run(staged)).rejects.toThrow("disposed");
    await expect(session.attest()).rejects.toThrow("disposed");
    await expect(session[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it("tells the binding the backend, the forms and how often each kernel ran", async () => {
    const runs: ProfiledRun[] = [];
    const binding = testBinding(backend);
    const watched: TfjsBinding = {
      ...binding,
      judge(run) {
        runs.push(run);
        return binding.judge(run);
      },
    };
    const tf = await openBackend(backend);
    const session = await open(watched);
    const prepared = tf.memory().numTensors;
    await session.attest();
    // The network has nine convolutions, two dense layers in each of three blocks, and a classifier.
    const kernels = { FusedConv2D: 9 + 3 * 2 + 1, AvgPool: 3 + 1, Multiply: 3, Add: 3, Relu: 3 };
    expect(runs).toEqual([{ backend, kernels, forms: binding.forms, precision: "fp32" }]);
    expect(tf.memory().numTensors).toBe(prepared);
    await session[Symbol.asyncDispose]();
  });
});

describe("an engine of tfjs", () => {
  const engine = tfjsEngine(testBinding("cpu"));
  const lowered = lower(network, seededWeights(network, 1), "gemm");

  it("refuses a precision that its runtime lacks, and says which it has", async () => {
    const encoding = engine.encode(lowered, { batch: 1, precision: "fp16" });
    await expect(encoding).rejects.toThrow("tfjs-web/cpu does not run fp16");
    await expect(encoding).rejects.toMatchObject({ remedy: "give --precision fp32" });
  });

  it("refuses images of another shape than the session's", async () => {
    const session = await open(testBinding("cpu"));
    const other = testImages(2, inputShape(network));
    await expect(session.stage(other)).rejects.toThrow(InputError);
    await session[Symbol.asyncDispose]();
  });

  it("counts the bytes of the constants", async () => {
    const { byteLength } = await engine.encode(lowered, options);
    // Of the network's 78,833 parameters, the 336 scales of batch norms are folded into weights.
    expect(byteLength).toBe(4 * (78_833 - 336));
  });
});
