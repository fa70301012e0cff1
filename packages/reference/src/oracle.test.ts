import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildNetwork, type Network, parametersOf, type Tensor } from "@sebench/spec";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { goldenImages, goldenParameter } from "./golden-values.ts";
import { oracleLogits } from "./oracle.ts";
import { runReference } from "./run-reference.ts";

const network = buildNetwork("se-resnet20", { imageSize: 8 });
const images = goldenImages("images", [2, 3, 8, 8]);
const weights = weightsOf(network);
const truth = runReference(network, weights, images);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sebench-oracle-"));
});
afterEach(() => rm(directory, { recursive: true }));

function weightsOf(of: Network): Map<string, Tensor> {
  return new Map(parametersOf(of).map(({ name, shape }) => [name, goldenParameter(name, shape)]));
}

/** Asks the oracle, and counts the images that had to be computed. */
async function ask(changes: Partial<Parameters<typeof oracleLogits>[0]> = {}) {
  let computed = 0;
  const logits = await oracleLogits({
    network,
    weights,
    images,
    cacheDirectories: [directory],
    ...changes,
    onImage: () => computed++,
  });
  return { logits, computed };
}

/** Damages the one file in the cache. */
async function damage(change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const [name] = await readdir(directory);
  const file = join(directory, name!);
  await writeFile(file, change(await readFile(file)));
}

describe("oracleLogits", () => {
  it("computes the logits of a new question, image by image", async () => {
    const progress: [number, number][] = [];
    const onImage = (done: number, total: number) => progress.push([done, total]);
    const question = { network, weights, images, cacheDirectories: [directory], onImage };
    expect(await oracleLogits(question)).toEqual(truth);
    expect(progress).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it("finds the answer to a question that was asked before", async () => {
    await ask();
    expect(await ask()).toEqual({ logits: truth, computed: 0 });
  });

  it("leaves one file for an answer", async () => {
    await ask();
    expect(await readdir(directory)).toHaveLength(1);
  });

  it("looks in every directory, and writes only to the last", async () => {
    const shipped = directory;
    const own = join(directory, "own", "oracle");
    await ask({ cacheDirectories: [shipped, own] });
    expect(await readdir(own)).toHaveLength(1);
    expect(await readdir(shipped)).toEqual(["own"]);
    await ask({ cacheDirectories: [shipped] });
    await rm(own, { recursive: true });
    expect(await ask({ cacheDirectories: [shipped, own] })).toEqual({ logits: truth, computed: 0 });
  });

  it.each<[string, Partial<Parameters<typeof oracleLogits>[0]>]>([
    ["other images", { images: goldenImages("other images", [2, 3, 8, 8]) }],
    ["fewer images", { images: goldenImages("images", [1, 3, 8, 8]) }],
    ["other weights", { weights: new Map(weights).set("fc.bias", goldenParameter("b", [10])) }],
    ["another gate", { network: buildNetwork("se-resnet20{gate=tanh}", { imageSize: 8 }) }],
  ])("does not take the answer for that of %s", async (_, changes) => {
    await ask();
    const other = { network, weights, images, ...changes };
    const { logits } = await ask(changes);
    expect(logits).toEqual(runReference(other.network, other.weights, other.images));
    expect(logits).not.toEqual(truth);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ["is cut short", (bytes) => bytes.subarray(0, bytes.length - 8)],
    ["is empty", () => new Uint8Array()],
    ["has a wrong bit", (bytes) => bytes.with(bytes.length - 9, bytes.at(-9)! ^ 1)],
    ["is something else", () => new TextEncoder().encode("not found\n".repeat(100))],
  ])("computes anew, and repairs, where the file %s", async (_, change) => {
    await ask();
    await damage(change);
    expect(await ask()).toEqual({ logits: truth, computed: 2 });
    expect(await ask()).toEqual({ logits: truth, computed: 0 });
  });

  it("gives the logits where nothing can be written", async () => {
    const file = join(directory, "file");
    await writeFile(file, "in the way");
    expect(await ask({ cacheDirectories: [join(file, "oracle")] })).toEqual({
      logits: truth,
      computed: 2,
    });
  });

  it("caches nothing without a directory", async () => {
    expect(await ask({ cacheDirectories: [] })).toEqual({ logits: truth, computed: 2 });
  });

  it("refuses images of another shape before it looks anywhere", async () => {
    const small = goldenImages("images", [1, 3, 4, 4]);
    await expect(ask({ images: small })).rejects.toThrow("takes images [n, 3, 8, 8]");
  });
});
