import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { memoryGrowth, type SoakOptions, soakSession } from "@sebench/measure";
import { readMemory } from "@sebench/hardware";
import { readSoak } from "@sebench/results";
import type { Engine, Session } from "@sebench/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSubject, sessionOptions } from "../bench/engine-subject.ts";
import { type Started, startBench } from "../src/testing/bench.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "soak-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The engine whose sessions' runs, counted from 1, are passed through a fault. */
function withFault(
  engine: Engine,
  fault: (run: number, logits: Float32Array) => Float32Array,
  close: () => void = () => {},
): Engine {
  return {
    ...engine,
    encode: (...given) => engine.encode(...given),
    async prepare(...given): Promise<Session> {
      const session = await engine.prepare(...given);
      let runs = 0;
      return {
        stage: (images) => session.stage(images),
        run: async (input) => fault(++runs, await session.run(input)),
        attest: () => session.attest(),
        [Symbol.asyncDispose]: async () => {
          await session[Symbol.asyncDispose]();
          close();
        },
      };
    },
  };
}

/** The engine, with a model and four images that differ. */
async function loadDifferent() {
  const subject = await loadSubject("se-resnet8", 32, 1);
  const { shape, data } = subject.images;
  return { ...subject, images: { shape, data: data.map((_, index) => Math.sin(index)) } };
}

const options: SoakOptions = { ...sessionOptions, runs: 120, tolerance: 1e-4 };

describe("a session of onnxruntime-node", () => {
  // This test comes first: what another one frees, the buffers would be made of.
  test.skipIf(process.platform !== "linux")(
    "that keeps 64 KiB of each run leaks that much",
    async () => {
      const { engine, model, images } = await loadDifferent();
      const kept: Buffer[] = [];
      const faulty = withFault(engine, (_, logits) => {
        kept.push(Buffer.alloc(65_536, 1));
        return logits;
      });
      const memory = () => readMemory(["self"]);
      const runs = 1000;
      const soaked = await soakSession(faulty, model, images, { ...options, runs }, { memory });
      const points = soaked.memory.map(({ run, residentBytes: bytes }) => ({ run, bytes }));
      const growth = memoryGrowth(points, runs)!;
      expect(kept).toHaveLength(runs);
      expect(growth.interval[0]).toBeGreaterThan(8 * 1024);
      expect(growth.slope / 65_536).toBeGreaterThan(0.9);
      expect(growth.slope / 65_536).toBeLessThan(1.2);
    },
  );

  test("whose answers stay the same has no fault", async () => {
    const { engine, model, images } = await loadDifferent();
    const soaked = await soakSession(engine, model, images, options);
    expect(soaked).toMatchObject({ changedAt: null, died: null, attestation: { proven: true } });
    expect(soaked.checkpoints.map(({ run, batch }) => [run, batch])).toEqual([
      [1, 0],
      [2, 1],
      [100, 3],
      [120, 3],
    ]);
  });

  test.each<[string, (logits: Float32Array) => Float32Array]>([
    ["another number", (logits) => logits.with(3, logits[3]! + 1e-3 * Math.max(...logits))],
    ["no number", (logits) => logits.with(3, NaN)],
    ["nothing", () => new Float32Array()],
  ])("that gives %s from run 57 on is seen at run 57", async (_, change) => {
    const { engine, model, images } = await loadDifferent();
    const faulty = withFault(engine, (run, logits) => (run < 57 ? logits : change(logits)));
    const soaked = await soakSession(faulty, model, images, options);
    expect(soaked.changedAt).toBe(57);
  });

  test("that gives the answer of the run before is seen at once", async () => {
    const { engine, model, images } = await loadDifferent();
    let before: Float32Array | null = null;
    const faulty = withFault(engine, (run, logits) => {
      const given = run === 58 ? before! : logits;
      before = logits;
      return given;
    });
    expect((await soakSession(faulty, model, images, options)).changedAt).toBe(58);
  });

  test("that throws at run 101, and cannot close, died there, with what it did before", async () => {
    const { engine, model, images } = await loadDifferent();
    const faulty = withFault(
      engine,
      (run, logits) => {
        if (run === 101) throw new RangeError("memory access out of bounds");
        return logits;
      },
      () => {
        throw new Error("it cannot close");
      },
    );
    const soaked = await soakSession(faulty, model, images, options);
    expect(soaked.died).toEqual({ run: 101, reason: "memory access out of bounds" });
    expect(soaked.runsMs).toHaveLength(100);
    expect(soaked.checkpoints.map(({ run }) => run)).toEqual([1, 2, 100]);
  });
});

/** The process that a command line soaks a session in. */
async function jobOf({ child }: Started): Promise<number> {
  for (;;) {
    const { stdout } = await promisify(execFile)("ps", ["-eo", "pid,ppid,args", "-ww"]);
    for (const line of stdout.split("\n")) {
      const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      const isJob = args?.includes("job-process") && args.includes("--expose-gc");
      if (isJob && Number(parent) === child.pid) return Number(pid);
    }
    if (child.exitCode !== null) throw new Error("it ended before it soaked a session");
    await sleep(20);
  }
}

describe.skipIf(process.platform === "win32")("a soak", () => {
  const asked = ["soak", "--runs", "1000000", "--runtime", "onnxruntime-node/cpu", "--no-fetch"];

  test("whose process is killed has a row that says after which run", async () => {
    const out = join(folder, "killed");
    const started = startBench([...asked, "--network", "se-resnet8", "--out", out]);
    const pid = await jobOf(started);
    // The progress is told at once, and then every ten seconds.
    for await (const text of started.child.stderr!) if (String(text).includes("run ")) break;
    process.kill(pid, "SIGKILL");
    expect((await started.ended).code).toBe(1);
    const [row] = (await readSoak(out)).rows;
    expect(row).toMatchObject({
      status: "died",
      diedAt: { exact: false },
      reason: expect.stringContaining("SIGKILL"),
      soaked: null,
    });
    expect(row!.status === "died" && row!.diedAt.run).toBeGreaterThan(0);
  }, 120_000);

  test("that is interrupted keeps the rows that it has", async () => {
    const out = join(folder, "interrupted");
    const started = startBench([...asked, "--out", out]);
    await jobOf(started);
    started.child.kill("SIGINT");
    expect((await started.ended).code).toBe(130);
    expect((await readSoak(out)).rows).toEqual([]);
  }, 120_000);
});
