import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import type { MeasureJob, ProbeJob } from "@sebench/jobs";
import { pairedForms, pairedProofs } from "@sebench/measure";
import type { PairDescription } from "@sebench/pairs";
import { describe, expect, it, test } from "vitest";
import type { Watch } from "../host/host.ts";
import { findProgram } from "./find-program.ts";
import { environmentFor, obituary, processHost, runInProcess } from "./process-host.ts";
import { type ProgramFound, quietVariables, thisNode } from "./program.ts";

const pair: PairDescription = {
  networks: { plain: "resnet20", se: "se-resnet20" },
  imageSize: 32,
  weights: { kind: "seeded", seed: 1 },
  images: { dataset: "fashion-mnist", count: 2 },
};
const job: MeasureJob = {
  kind: "measure",
  runtime: "onnxruntime-node/cpu",
  engine: { threads: 1 },
  members: { kind: "networks", pair, forms: [{ lowering: "gemm" }] },
  labelled: null,
  measure: { batch: 1, precision: "fp32", budgetMs: 600_000, minReplicas: 1, maxReplicas: 1 },
};
const probe: ProbeJob = { kind: "probe", runtime: job.runtime, engine: job.engine };
const watch = (timeoutMs: number, signal = new AbortController().signal): Watch => ({
  signal,
  timeoutMs,
  onProgress: () => {},
});

const cacheDirectory = defaultCacheDirectory();
const programs = [
  ["node", thisNode],
  ["bun", await findProgram("bun", { cacheDirectory })],
  ["deno", await findProgram("deno", { cacheDirectory })],
] as const;

for (const [name, program] of programs) {
  const reason = program.ok ? "" : ` (skipped: ${program.reason})`;
  describe.skipIf(!program.ok)(`a process of ${name}${reason}`, () => {
    if (program.ok) describeProgram(program);
  });
}

function describeProgram(program: ProgramFound): void {
  const host = processHost(program);

  it("says whether the runtime can run there", async () => {
    const answer = await host.run(probe, watch(60_000));
    expect(answer).toMatchObject({ ok: true, software: false });
  });

  it("runs labelled images, from the first on, once it has timed the pair", async () => {
    const images = { dataset: "fashion-mnist", count: 3 } as const;
    const brief = { ...job, measure: { ...job.measure, budgetMs: 1000 } };
    const asked = { ...brief, labelled: { images, least: 3, budgetMs: 0 } };
    const [first] = pairedForms(await host.run(asked, watch(60_000)));
    const { labelledLogits, logits } = first!;
    expect(labelledLogits!.plain).toHaveLength(30);
    // The two images of the case are the first two labelled ones.
    expect(labelledLogits!.se.subarray(0, 20)).toEqual(logits.se);
  });

  it("measures, attests, and answers with typed arrays", async () => {
    const brief = { ...job, measure: { ...job.measure, budgetMs: 1000 } };
    const [first] = pairedForms(await host.run(brief, watch(60_000)));
    const { replicas, attestation, logits } = first!;
    expect(attestation.se).toMatchObject({ device: "cpu", proven: true, threads: 1 });
    expect(logits.se).toBeInstanceOf(Float32Array);
    expect(logits.se).toHaveLength(20);
    const { samplesMs } = replicas[0]!.members.se;
    expect(Math.min(...samplesMs.flat())).toBeGreaterThan(0);
  });

  it("proves a pair, and gives the logits and the device that measuring gives", async () => {
    const { members, measure, runtime, engine } = job;
    const { batch, precision } = measure;
    const asked = {
      kind: "prove",
      runtime,
      engine,
      members,
      measure: { batch, precision },
    } as const;
    const [proof] = pairedProofs(await host.run(asked, watch(60_000)));
    const brief = { ...job, measure: { ...measure, budgetMs: 1000 } };
    const [measured] = pairedForms(await host.run(brief, watch(60_000)));
    expect(proof!.logits).toEqual(measured!.logits);
    expect(proof!.attestation.se).toMatchObject({ device: "cpu", proven: true, threads: 1 });
    expect(proof!.members.se.firstRunMs).toBeGreaterThan(0);
  });

  it("starts a member anew, step by step, and answers as a measured one does", async () => {
    const folder = await mkdtemp(join(tmpdir(), "start-"));
    const { runtime, engine } = job;
    const session = { batch: 1, precision: "fp32" } as const;
    const store = {
      kind: "store",
      runtime,
      engine,
      pair,
      lowering: "gemm",
      session,
      folder,
    } as const;
    const { se } = await processHost(thisNode).run(store, watch(60_000));
    const request = { ...se, runs: 2, leastRuns: 2, budgetMs: 0 };
    const start = { kind: "start", runtime, engine, request } as const;
    const { stepsMs, runsMs, memory, first, last } = await host.run(start, watch(60_000));
    await rm(folder, { recursive: true });
    for (const ms of Object.values(stepsMs)) expect(ms).toBeGreaterThan(0);
    expect(runsMs).toHaveLength(2);
    expect(first).toHaveLength(10);
    expect(last).toEqual(first);
    if (process.platform === "linux") {
      expect(memory.session!.residentBytes).toBeGreaterThan(memory.before!.residentBytes);
    }
  });

  it("serves a stored model, request by request, and says how a worker died", async () => {
    const folder = await mkdtemp(join(tmpdir(), "serve-"));
    const { runtime, engine } = job;
    const lowering = "gemm";
    const session = { batch: 1, precision: "fp32" } as const;
    const store = { kind: "store", runtime, engine, pair, lowering, session, folder } as const;
    const stored = await processHost(thisNode).run(store, watch(60_000));
    const order = { runtime, engine, ...stored.se };
    await using worker = await host.serve!(order, watch(60_000));
    await rm(folder, { recursive: true });
    expect(worker.opened.runsMs).toHaveLength(1);
    const once = await worker.ask({ forMs: 0, logits: false });
    expect(once).toEqual({ runsMs: [expect.any(Number)], logits: null });
    const { runsMs, logits } = await worker.ask({ forMs: 100, logits: true });
    expect(runsMs.length).toBeGreaterThan(1);
    expect(logits).toEqual(worker.opened.logits);
    const asked = worker.ask({ forMs: 60_000, logits: false });
    process.kill(worker.pid, "SIGKILL");
    await expect(asked).rejects.toThrow("its process was killed (SIGKILL)");
    await expect(worker.ask({ forMs: 0, logits: false })).rejects.toThrow("was killed");
  });

  it("starts no worker of a model that is not there, and says so", async () => {
    const files = { head: "/none.json", model: "/none.bin", images: "/none.bin" };
    const order = { runtime: job.runtime, engine: job.engine, files, inputShape: [1, 1, 32, 32] };
    await expect(host.serve!(order, watch(60_000))).rejects.toThrow("/none");
  });

  it("is ended when its time is over, and says which flag allows more", async () => {
    await expect(host.run(job, watch(4000))).rejects.toMatchObject({
      message: "it gave no answer within 4 s and was ended",
      remedy: expect.stringContaining("--timeout"),
    });
  });

  it("is ended by an interrupt at once, with the interrupt's reason", async () => {
    const interrupt = new AbortController();
    const measured = host.run(job, {
      ...watch(60_000, interrupt.signal),
      onProgress: () => interrupt.abort(new Error("interrupted")),
    });
    await expect(measured).rejects.toThrow("interrupted");
  });

  it("sends an error back with its message", async () => {
    const networks = { plain: "resnet20", se: "se-resnet21" };
    const members = { ...job.members, pair: { ...pair, networks } } as const;
    const unknown = { ...job, members };
    await expect(host.run(unknown, watch(60_000))).rejects.toMatchObject({
      name: "JobError",
      message: 'there is no network "se-resnet21"',
      remedy: expect.stringContaining("resnet20"),
    });
  });
}

test("a program that cannot run the job is told with what it printed", async () => {
  // Node takes Deno's argument `run` for a file.
  const broken: ProgramFound = { ...thisNode, name: "deno" };
  await expect(runInProcess(broken, probe, watch(60_000))).rejects.toThrow(
    /its process ended with code \d+: .*Cannot find module .*run/,
  );
  expect(processHost(broken).remedy).toContain("SEBENCH_DENO");
});

test("native libraries are told of threads and of TF32 only what was asked for", () => {
  const told = (engine: MeasureJob["engine"]) => environmentFor({ ...job, engine });
  const quiet = quietVariables;
  expect(told({ threads: null })).toEqual(quiet);
  expect(told({ threads: null, tf32: true })).toEqual(quiet);
  expect(told({ threads: null, tf32: false })).toEqual({ ...quiet, NVIDIA_TF32_OVERRIDE: "0" });
  expect(told({ threads: 2 })).toEqual({ ...quiet, TF_NUM_INTRAOP_THREADS: "2" });
  expect(environmentFor({ kind: "oracle", pair })).toEqual(quiet);
});

test.each([
  [
    null,
    "SIGKILL",
    "",
    "its process was killed (SIGKILL), as the system does when memory runs out",
  ],
  [null, "SIGSEGV", "", "its process ended by SIGSEGV"],
  [134, null, "a\nb\nc\nd\n", "its process ended with code 134: b / c / d"],
  [
    1,
    null,
    "Error: no such file\n    at open (fs.ts:1:2) {\n  code: 'ENOENT'\n}\n\nNode.js v20.20.2\n",
    "its process ended with code 1: Error: no such file / code: 'ENOENT'",
  ],
  [1, null, "\u001b[31merror\u001b[0m: Uncaught", "its process ended with code 1: error: Uncaught"],
  [
    1,
    null,
    "error: it failed\n      at /x.ts:1:7\n\nBun v1.4.5 (Linux x64)\n",
    "its process ended with code 1: error: it failed",
  ],
])("code %s, signal %s is told in words", (code, signal, output, words) => {
  expect(obituary(code, signal, output)).toBe(words);
});
