import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deviationOf, observeExcitations, partsOf } from "@sebench/bench";
import { openShipped } from "@sebench/datasets";
import { processHost, thisNode } from "@sebench/hosts";
import { runReference, runReferenceNodes } from "@sebench/reference";
import { readExcitations } from "@sebench/results";
import { excitationsOf, type Tensor } from "@sebench/spec";
import { withFixedGates } from "@sebench/weights";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type ExcitationsFlags, readExcitationsRequest } from "../flags/dataset-flags.ts";
import { benchHere } from "../testing/bench.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-excitations-"));
});
afterAll(() => rm(folder, { recursive: true }));

const flags: ExcitationsFlags = {
  network: "se-resnet8",
  runtime: "onnxruntime-node/cpu",
  batch: "2",
  threads: "1",
  port: "0",
  fetch: false,
};

/** The mean of each channel over its pixels. */
function byChannel(values: Float64Array, channels: number): number[] {
  const pixels = values.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const own = values.subarray(channel * pixels, (channel + 1) * pixels);
    return own.reduce((sum, value) => sum + value, 0) / pixels;
  });
}

const seeded = { weights: "seeded" } as const;

describe("on two images, a runtime and the oracle agree", () => {
  const size = 32;
  const observe = async (other: Partial<ExcitationsFlags>) => {
    const request = await readExcitationsRequest({ ...flags, ...other, images: "2" });
    const observed = await observeExcitations(request, processHost(thisNode), {
      signal: new AbortController().signal,
      onImages: () => () => {},
    });
    const { images } = await (await openShipped(size)).read(0, 2);
    const single = (at: number): Tensor => ({
      shape: [1, 3, size, size],
      data: images.data.slice(at * 3 * size ** 2, (at + 1) * 3 * size ** 2),
    });
    return { ...request.member, observed, images, singles: [single(0), single(1)] };
  };

  it.each<Partial<ExcitationsFlags>>([
    {},
    { network: "se-resnet8{gate=relu,place=pre}", ...seeded },
    { network: "se-resnet8{squeeze=none,gate=tanh}", ...seeded },
  ])("on the gates, and on the classes with each gate fixed: %j", async (other) => {
    const { network, weights, observed, images, singles } = await observe(other);
    const excitations = excitationsOf(network);
    const names = excitations.map(({ gate }) => gate.name);
    const [one, two] = singles.map((image) => {
      const outputs = runReferenceNodes(network, weights, image, names);
      return excitations.flatMap(({ gate, channels }) =>
        byChannel(outputs.get(gate.name)!, channels),
      );
    });
    const { all } = observed.statistics;
    const mean = one!.map((value, at) => (value + two![at]!) / 2);
    for (const [at, value] of mean.entries()) {
      expect(all.mean[at]).toBeCloseTo(value, 5);
      // The standard deviation of two values is half their distance.
      expect(deviationOf(all)[at]).toBeCloseTo(Math.abs(one![at]! - two![at]!) / 2, 5);
    }

    let from = 0;
    const fixed = excitations.flatMap(({ gate, channels }) => {
      const own = Float32Array.from(mean.slice(from, from + channels));
      from += channels;
      return [own, new Float32Array(channels).fill(1)].map((values) =>
        withFixedGates(network, weights, new Map([[gate.name, values]])),
      );
    });
    const tops = [{ network, weights }, ...fixed].map((of) => {
      const logits = runReference(of.network, of.weights, images);
      const rows = [0, 1].map((image) => logits.subarray(10 * image, 10 * image + 10));
      return Int32Array.from(rows, (row) => row.indexOf(Math.max(...row)));
    });
    expect(observed.tops).toEqual(tops);
  });
});

test("the command leaves a record that adds up, and its reports", async () => {
  const out = join(folder, "run");
  const asked = ["--images", "40", "--classes", "bag,trouser", "--threads", "1", "--out", out];
  const { code, stdout, stderr } = await benchHere("excitations", ...asked);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("SE_4_1");
  const record = await readExcitations(out);
  expect(record).toMatchObject({
    network: "se-resnet8",
    images: 40,
    drawn: [8, 1],
    weights: { kind: "trained" },
    attestation: { device: "cpu", proven: true },
  });
  expect(record.blocks.map(({ stage, block }) => [stage, block])).toEqual([
    [2, 1],
    [3, 1],
    [4, 1],
  ]);
  for (const { all, classes, replacedByMean, replacedByOne } of record.blocks) {
    const images = classes.reduce((sum, own) => sum + own.images, 0);
    expect(images).toBe(40);
    for (const [at, mean] of all.mean.entries()) {
      const sum = classes.reduce((total, own) => total + own.images * own.mean[at]!, 0);
      expect(sum / 40).toBeCloseTo(mean, 5);
    }
    for (const { correct, onlyChanged, onlyUntouched } of [replacedByMean, replacedByOne]) {
      expect(correct).toBe(record.untouched.correct + onlyChanged - onlyUntouched);
    }
  }
  expect(await readFile(join(out, "excitations.html"), "utf8")).toContain(">bag (");
  expect(await readFile(join(out, "excitations.md"), "utf8")).toContain("40 images");
});

test("a job over its time is exit code 1, with the remedy, and leaves no report", async () => {
  const out = join(folder, "slow");
  const { code, stderr } = await benchHere("excitations", "--timeout", "1", "--out", out);
  expect(code).toBe(1);
  expect(stderr).toMatch(/no answer within 1 s[\s\S]*--timeout/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(await readdir(out)).toEqual([]);
});

describe("bad input is refused before anything runs", () => {
  it.each<[Partial<ExcitationsFlags>, string, string]>([
    [{ network: "resnet8" }, "resnet8 has no squeeze-and-excitation", "se-resnet8"],
    [{ network: "se-resnet8{r=4}" }, "no trained weights ship", "--weights"],
    [{ network: "se-resnet50", weights: "seeded", size: "32" }, "10 classes", "--data"],
    [{ classes: ["sandle"] }, '"sandle"', "sandal"],
    [{ images: "0" }, '--images is "0"', "from 1"],
    [{ images: "1001" }, "has 1000", "1000 or fewer"],
    [{ data: "/nowhere" }, "/nowhere", "--data"],
    [{ runtime: "onnxruntime-node/cpu,tfjs-node/cpu" }, "names 2", "--runtime"],
  ])("%j", async (other, cause, remedy) => {
    await expect(readExcitationsRequest({ ...flags, ...other })).rejects.toThrow(
      expect.objectContaining({
        name: "InputError",
        message: expect.stringContaining(cause),
        remedy: expect.stringContaining(remedy),
      }),
    );
  });
});

test("images are read in parts whose rows take up to 64 MiB, in whole batches", () => {
  expect(partsOf(1000, 50, 112)).toEqual([{ first: 0, count: 1000 }]);
  // 2^14 values are 64 KiB: 1,024 rows are 64 MiB, of which 1,000 are whole batches.
  expect(partsOf(2100, 50, 2 ** 14)).toEqual([
    { first: 0, count: 1000 },
    { first: 1000, count: 1000 },
    { first: 2000, count: 100 },
  ]);
  expect(partsOf(3, 2, 2 ** 25)).toEqual([
    { first: 0, count: 2 },
    { first: 2, count: 1 },
  ]);
});
