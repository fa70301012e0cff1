import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { describeCheckpoint, readCheckpointFile } from "./checkpoint-file.ts";
import { openMember } from "./open-member.ts";
import { shippedRun } from "./pair-weights.ts";
import { checkpointBytes, legacyKeys } from "./testing/checkpoint-bytes.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-checkpoint-"));
});

test("a record says of a file its name, who wrote its keys, and its hash", async () => {
  const bytes = checkpointBytes("se-resnet8", { change: legacyKeys });
  const path = join(folder, "se.safetensors");
  await writeFile(path, bytes);
  expect(describeCheckpoint(await readCheckpointFile({ path, prefix: null }))).toEqual({
    name: "se.safetensors",
    keys: "legacy",
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
});

test.each([
  ["a folder", ".", "it is not a file"],
  ["a device", "/dev/zero", "it is not a file"],
  ["not there", "nowhere", "no such file"],
])("%s is refused, and the flag to give is named", async (_what, name, cause) => {
  const path = name.startsWith("/") ? name : join(folder, name);
  await expect(readCheckpointFile({ path, prefix: null })).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringMatching(new RegExp(`^cannot read the weights ${path}: .*${cause}`)),
    remedy: "give --weights a .safetensors file",
  });
});

test.each([
  [
    "https://huggingface.co/timm/seresnet50.ra2_in1k/blob/main/model.safetensors",
    "curl -fL -o seresnet50.ra2_in1k.safetensors https://huggingface.co/timm/seresnet50.ra2_in1k/resolve/main/model.safetensors, and give --weights seresnet50.ra2_in1k.safetensors",
  ],
  [
    "hf_hub:timm/seresnet50.ra2_in1k",
    "https://huggingface.co/timm/seresnet50.ra2_in1k/resolve/main/model.safetensors",
  ],
  ["hf-hub:senet154.gluon_in1k", "https://huggingface.co/timm/senet154.gluon_in1k/resolve/main/"],
  [
    "https://huggingface.co/timm/seresnet50.ra2_in1k",
    "/seresnet50.ra2_in1k/resolve/main/model.safetensors",
  ],
  ["https://example.org/download?id=3", "--weights weights.safetensors"],
  ["https://example.org/a.safetensors?x=1&y=2", "'https://example.org/a.safetensors?x=1&y=2'"],
])("the address %s is no file, and the way to fetch it is told", async (path, remedy) => {
  await expect(readCheckpointFile({ path, prefix: null })).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining("is an address"),
    remedy: expect.stringContaining(remedy),
  });
});

test("a file with a moving average beside the weights needs a choice, and each choice has its own", async () => {
  const path = join(folder, "ema.safetensors");
  const bytes = checkpointBytes("se-resnet8", {
    change: (tensors) =>
      new Map(
        [...tensors].flatMap(([key, tensor]) => [
          [`model.${key}`, tensor],
          [`model_ema.module.${key}`, { ...tensor, bytes: new Uint8Array(tensor.bytes.length) }],
          [`optimizer.state.${key}.exp_avg`, tensor],
        ]),
      ),
  });
  await writeFile(path, bytes);
  const open = (prefix: string | null) =>
    openMember("se-resnet8", {
      layout: null,
      weights: { kind: "file", path, prefix },
      seed: 1,
      imageSize: null,
    });
  await expect(open(null)).rejects.toMatchObject({
    message: expect.stringContaining("several copies"),
    remedy: expect.stringContaining(
      "--weights-prefix model. or --weights-prefix model_ema.module.",
    ),
  });
  const seeded = await openMember("se-resnet8", {
    layout: null,
    weights: { kind: "seeded" },
    seed: 7,
    imageSize: null,
  });
  expect((await open("model")).hash).toBe(seeded.hash);
  const average = await open("model_ema.module.");
  expect(average.hash).not.toBe(seeded.hash);
  expect(average.notes).toEqual(["the prefix model_ema.module. is taken off the keys"]);
  expect(average.origin).toMatchObject({ file: { prefix: "model_ema.module." } });
  await expect(open("ema.")).rejects.toMatchObject({
    message: expect.stringContaining("has no keys with the prefix ema."),
  });
});

test("a network alone has the weights that a run of its pair has", async () => {
  const choice = { layout: null, weights: { kind: "shipped" }, seed: 1, imageSize: null } as const;
  const { origin, hash, preprocessing } = await openMember("se-resnet8", choice);
  const pair = { plain: "resnet8", network: "se-resnet8", imageSize: 32 };
  const plain = await openMember("resnet8", choice);
  expect((await shippedRun(1)(pair)).origin).toMatchObject({
    hash: { se: hash, plain: plain.hash },
  });
  expect(origin).toEqual({ kind: "trained", dataset: "fashion-mnist" });
  // The mean and the deviation of Fashion-MNIST's 60,000 training images.
  expect(preprocessing.size).toBe(32);
  expect(preprocessing.mean![0]).toBeCloseTo(0.286, 3);
  expect(preprocessing.deviation![0]).toBeCloseTo(0.353, 3);
  const other = await openMember("se-resnet8{r=8}", choice);
  expect(other.origin).toEqual({ kind: "seeded", seed: 1 });
  expect(other.preprocessing.mean).toBeNull();
});
