import { createHash } from "node:crypto";
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointBytes, legacyKeys } from "@sebench/pairs/testing";
import { parseResults, type RunRecord } from "@sebench/results";
import { beforeAll, describe, expect, it, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-weights-"));
});

async function fileOf(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function readRun(out: string): Promise<RunRecord> {
  return parseResults(await readFile(join(out, "results.json"), "utf8"), "results.json");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

test("a file with legacy keys is exported in the legacy layout, as its values under our names are", async () => {
  const weights = await fileOf(
    "legacy.safetensors",
    checkpointBytes("se-resnet18{layout=timm-legacy}", { change: legacyKeys }),
  );
  const [from, seeded] = [join(folder, "from-file.onnx"), join(folder, "seeded.onnx")];
  const small = ["--size", "64"];
  const file = ["--weights", weights, "--out", from];
  const exported = await benchHere(
    "export",
    "--network",
    "se-resnet18",
    ...small,
    ...file,
    "--json",
  );
  expect(exported.stderr).toContain("weights: legacy keys, so layout=timm-legacy");
  const legacy = "se-resnet18{layout=timm-legacy}";
  const seed = ["--weights", "seeded", "--seed", "7", "--out", seeded, "--json"];
  const own = await benchHere("export", "--network", legacy, ...small, ...seed);
  const [here, there] = [exported, own].map(({ stdout }) => JSON.parse(stdout));
  expect(here).toMatchObject({ network: legacy, weights: { kind: "checkpoint" } });
  expect(here.weights.hash).toBe(there.weights.hash);
  // The graphs are the same up to what their metadata says of the weights.
  const graphOf = async (path: string) => {
    const bytes = await readFile(path);
    return bytes.subarray(0, bytes.lastIndexOf("lowering"));
  };
  expect((await graphOf(from)).equals(await graphOf(seeded))).toBe(true);
});

test("export gives trained weights where run and eval do, and says so in every form", async () => {
  const out = join(folder, "trained.onnx");
  const args = ["export", "--network", "se-resnet8", "--out", out];
  const told = await benchHere(...args);
  expect(told.stdout).toContain("weights: trained on fashion-mnist (SHA-256 of the values ");
  expect(told.stdout).toContain("images: 32 px, RGB in 0..1 less the mean 0.28");
  const { weights, preprocessing } = JSON.parse((await benchHere(...args, "--json")).stdout);
  // The hash is that of the results of this repository's own runs.
  expect(weights).toMatchObject({ kind: "trained", dataset: "fashion-mnist" });
  expect(preprocessing).toMatchObject({
    size: 32,
    mean: [0.286, 0.286, 0.286].map(() => expect.closeTo(0.286, 3)),
  });
  const text = (await readFile(out)).toString("latin1");
  for (const each of ["weights_sha256", weights.hash, "trained on fashion-mnist", "std"]) {
    expect(text).toContain(each);
  }
  const seeded = await benchHere(...args, "--weights", "seeded");
  expect(seeded.stdout).toContain("weights: seeded with 1: they have learned nothing");
});

describe("a file that cannot be used is one clear error, and nothing is written", () => {
  it.each([
    ["export", "PK\x03\x04\x00\x00\x08\x08\x00\x00", "a zip archive", "weights_only=True"],
    [
      "run",
      checkpointBytes("resnet18"),
      "its keys are those of a ResNet of 2 + 2 + 2 + 2 basic blocks without SE",
      "--network",
    ],
  ])("in bench %s", async (command, bytes, cause, remedy) => {
    const weights = await fileOf("bad", bytes);
    const out = join(folder, "never");
    const args = ["--network", "se-resnet8", "--weights", weights, "--out", out];
    const { code, stderr } = await benchHere(command, ...args);
    expect(stderr).toContain(cause);
    expect(stderr).toContain(remedy);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
    expect(await isThere(out)).toBe(false);
  });
});

describe("bench run --weights", () => {
  const smoke = ["run", "--profile", "smoke", "--runtime", "onnxruntime-node/cpu", "--budget", "1"];
  const network = ["--network", "se-resnet8"];

  it("measures a pair from one file, says so, and goes on with no other", async () => {
    const bytes = checkpointBytes("se-resnet8", { classes: 3, change: legacyKeys });
    const weights = await fileOf("fine-tuned.safetensors", bytes);
    const out = join(folder, "run");
    const asked = [...smoke, ...network, "--weights", weights];
    expect(await benchHere(...asked, "--out", out)).toMatchObject({ code: 0 });
    const file = { name: "fine-tuned.safetensors", keys: "legacy", sha256: sha256(bytes) };
    const { cases } = await readRun(out);
    expect(cases).toMatchObject([
      {
        status: "ok",
        weights: { kind: "checkpoint", files: { se: file, plain: null } },
        parity: { plain: { pass: true }, se: { pass: true } },
      },
    ]);
    for (const report of ["report.md", "report.html"]) {
      const text = await readFile(join(out, report), "utf8");
      expect(text.replaceAll("\\", "")).toContain("SE of fine-tuned.safetensors");
    }

    const other = await fileOf("other.safetensors", checkpointBytes("se-resnet8"));
    const others = [
      [...smoke, ...network],
      [...smoke, ...network, "--weights", other],
    ];
    for (const args of others) {
      expect(await benchHere(...args, "--resume", out)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("started with weights SE of fine-tuned.safetensors"),
      });
    }
    expect((await readRun(out)).run.finished).not.toBeNull();
    expect(await benchHere(...asked, "--resume", out)).toMatchObject({ code: 0 });
    expect((await readRun(out)).cases).toEqual(cases);
  });

  it("gives the plain member a file of its own", async () => {
    const bytes = checkpointBytes("resnet8");
    const se = await fileOf("se.safetensors", checkpointBytes("se-resnet8"));
    const plain = await fileOf("plain.safetensors", bytes);
    const out = join(folder, "two-files");
    const args = ["--weights", se, "--plain-weights", plain, "--out", out];
    expect(await benchHere(...smoke, ...network, ...args)).toMatchObject({ code: 0 });
    expect((await readRun(out)).cases).toMatchObject([
      {
        status: "ok",
        weights: {
          files: {
            se: { name: "se.safetensors", keys: "timm" },
            plain: { name: "plain.safetensors", keys: "plain", sha256: sha256(bytes) },
          },
        },
      },
    ]);
  });
});
