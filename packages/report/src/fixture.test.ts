import { formatRecord, type RunRecord } from "@sebench/results";
import { expect, test } from "vitest";
import { sampleCases } from "./testing/sample-cases.ts";

const record: RunRecord = {
  schema: "sebench/1",
  run: {
    id: "2026-03-02T09-15-00Z",
    started: "2026-03-02T09:15:00.000Z",
    finished: "2026-03-02T09:19:41.000Z",
    interrupted: false,
    profile: "quick",
    seed: 1,
    git: { commit: "4be1f0a2c7d95a3be0c6f51d2a9e8b7c6d5e4f30", dirty: false, branch: "main" },
    sebench: "0.1.0",
    shard: null,
    command: "pnpm bench --profile quick --seed 1",
  },
  machine: {
    key: "6dbaf9f826133607",
    os: {
      platform: "linux",
      name: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.1.0-28-amd64",
      architecture: "x64",
    },
    cpu: {
      model: "AMD EPYC",
      logicalCores: 2,
      physicalCores: 2,
      usableCores: 2,
      coreLimit: null,
      flags: ["avx", "fma", "avx2", "avx512f", "avx512_vnni"],
      governor: null,
    },
    memory: { totalBytes: 25_276_026_880, limitBytes: null },
    node: "v20.20.2",
    gpus: [],
    container: "docker",
  },
  cases: sampleCases,
};

test("the made-up run that others read is that of its cases", async () => {
  await expect(formatRecord(record)).toMatchFileSnapshot("../fixtures/run.json");
});
