import type { ModelFile, NamedTensor } from "@sebench/runtime";
import { smallGraphModel, type SmallGraphModel } from "@sebench/models/testing";
import { describe, expect, it } from "vitest";
import { tfjsEngine } from "../engine.ts";
import { openBackend, testBackends } from "../testing/backend.ts";
import { testBinding } from "../testing/binding.ts";

const options = { batch: 1, precision: "fp32" } as const;

function fileOf({ json, bytes }: SmallGraphModel): ModelFile {
  const source = new TextEncoder().encode(JSON.stringify(json));
  const external = [{ path: "weights.bin", data: bytes }];
  return { source, external, byteLength: source.length + bytes.length };
}

/** An image of ones, 6x6 of 3 channels. */
const ones: NamedTensor = {
  name: "image",
  type: "float32",
  shape: [1, 6, 6, 3],
  data: new Float32Array(108).fill(1),
};

/**
 * What the small model gives for an image of ones, its weights being 0.5: a 3x3 convolution over 3
 * channels gives at least 4 * 3 * 0.5 + 0.5 in a corner, which its Relu6 cuts off at 6. Its hard sigmoid is
 * 1 where its layers give 3 or more, which they do: 8 * 6 * 0.5 = 24, and then 2 * 24 * 0.5. The depthwise 3x3
 * sums 4, 6 or 9 values of 6 * 0.5.
 */
const expected = Array.from({ length: 36 * 8 }, (_, at) => {
  const [row, column] = [Math.floor(at / 48), Math.floor(at / 8) % 6];
  const covered = (place: number) => (place === 0 || place === 5 ? 2 : 3);
  return covered(row) * covered(column) * 3;
});

describe.each(testBackends)("a session of a graph model on %s", (backend) => {
  const open = async (model: SmallGraphModel = smallGraphModel()) => {
    const engine = tfjsEngine(testBinding(backend));
    return engine.prepare(await engine.takeFile!(fileOf(model)), options);
  };

  it("gives all outputs by the file's names, as sums by hand say", async () => {
    await using session = await open();
    const staged = await session.stage([ones]);
    const [output, ...others] = await session.outputs!(staged);
    expect(others).toEqual([]);
    expect(output).toMatchObject({ name: "last", type: "float32", shape: [1, 6, 6, 8] });
    const values = [...(output!.data as Float32Array)];
    for (const [at, value] of values.entries()) expect(value).toBeCloseTo(expected[at]!, 4);
    expect([...(await session.run(staged))]).toEqual(values);
  });

  it("leaves no tensor of a run, and none at all once it is disposed of", async () => {
    const tf = await openBackend(backend);
    const before = tf.memory().numTensors;
    const model = smallGraphModel();
    // A constant as an output is the model's own tensor, which a run must not dispose of.
    Object.assign(model.json, {
      signature: { outputs: { last: { name: "last:0" }, bias: { name: "bias:0" } } },
    });
    const session = await open(model);
    const prepared = tf.memory().numTensors;
    const staged = await session.stage([ones]);
    const first = await session.outputs!(staged);
    for (let run = 0; run < 20; run++) await session.run(staged);
    expect(tf.memory().numTensors).toBe(prepared);
    expect(await session.outputs!(staged)).toEqual(first);
    await session[Symbol.asyncDispose]();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("attests by the kernels that ran", async () => {
    await using session = await open();
    await session.stage([ones]);
    const { evidence } = await session.attest();
    expect(evidence).toMatchObject({ backend, kernels: { FusedConv2D: 2, Mean: 1 } });
  });

  it("refuses a run without one of its inputs", async () => {
    await using session = await open();
    await expect(session.stage([{ ...ones, name: "other" }])).rejects.toThrow(
      "the model's input image was given nothing",
    );
  });
});

it("refuses a file that does not tell its version, which tfjs-converter would not load", async () => {
  const model = smallGraphModel();
  Reflect.deleteProperty(model.json.modelTopology, "versions");
  const engine = tfjsEngine(testBinding("cpu"));
  await expect(engine.takeFile!(fileOf(model))).rejects.toThrow(/version of TensorFlow/);
});
