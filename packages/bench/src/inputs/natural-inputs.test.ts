import { expect, test } from "vitest";
import { naturalInputs } from "./natural-inputs.ts";
import type { ModelInput } from "./image-layout.ts";

const image: ModelInput = { name: "image", type: "float32", shape: [2, 3, 48, 192] };

/** The mean difference of neighbours in a row, relative to the deviation of all values. */
function roughness(values: readonly number[], width: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
  );
  const steps = values.flatMap((value, at) =>
    at % width === 0 ? [] : [Math.abs(value - values[at - 1]!)],
  );
  return steps.reduce((sum, step) => sum + step, 0) / steps.length / deviation;
}

test("images are photographs in the model's size, other ones in each run", async () => {
  const runs = await naturalInputs([image], 1);
  expect(runs).toHaveLength(4);
  for (const [only] of runs) {
    expect(only).toMatchObject({ name: "image", type: "float32", shape: [2, 3, 48, 192] });
    const plane = [...(only!.data as Float32Array).subarray(0, 48 * 192)];
    // Noise would have a roughness of 1.13.
    expect(roughness(plane, 192)).toBeLessThan(0.5);
  }
  expect(runs[0]![0]!.data).not.toEqual(runs[1]![0]!.data);
});

test("images whose channels are last hold the same pixels", async () => {
  const last: ModelInput = { ...image, shape: [2, 48, 192, 3] };
  const [[first], [other]] = [
    (await naturalInputs([image], 1))[0]!,
    (await naturalInputs([last], 1))[0]!,
  ] as const;
  const [row, column, channel] = [17, 93, 2];
  expect(other!.data[(row * 192 + column) * 3 + channel]).toBe(
    first!.data[(channel * 48 + row) * 192 + column],
  );
});

test("integers are zeros and ones, and other floats are spread around 0, as the seed has it", async () => {
  const inputs: ModelInput[] = [
    { name: "ids", type: "int64", shape: [1, 64] },
    { name: "mask", type: "bool", shape: [1, 64] },
    { name: "state", type: "float16", shape: [64] },
  ];
  const [[ids, mask, state]] = (await naturalInputs(inputs, 7)) as [
    Awaited<ReturnType<typeof naturalInputs>>[0],
  ];
  expect(ids!.data).toBeInstanceOf(BigInt64Array);
  expect(new Set(ids!.data as BigInt64Array)).toEqual(new Set([0n, 1n]));
  expect(new Set(mask!.data as Uint8Array)).toEqual(new Set([0, 1]));
  expect(new Set(state!.data as Uint16Array).size).toBeGreaterThan(50);
  const again = await naturalInputs(inputs, 7);
  expect(again[0]).toEqual([ids, mask, state]);
  expect((await naturalInputs(inputs, 8))[0]).not.toEqual([ids, mask, state]);
});
