import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { describeCheckpoint, readCheckpointFile } from "./checkpoint-file.ts";
import { checkpointBytes, legacyKeys } from "./testing/checkpoint-bytes.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-checkpoint-"));
});

test("a record says of a file its name, who wrote its keys, and its hash", async () => {
  const bytes = checkpointBytes("se-resnet8", { change: legacyKeys });
  const path = join(folder, "se.safetensors");
  await writeFile(path, bytes);
  expect(describeCheckpoint(await readCheckpointFile(path))).toEqual({
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
  await expect(readCheckpointFile(path)).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringMatching(new RegExp(`^cannot read the weights ${path}: .*${cause}`)),
    remedy: "give --weights a .safetensors file",
  });
});
