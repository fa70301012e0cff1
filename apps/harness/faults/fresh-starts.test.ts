import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { processHost, thisNode } from "@sebench/hosts";
import { readResults } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Started, startBench } from "../src/testing/bench.ts";
import { smoke } from "../src/testing/smoke-run.ts";
import { mayMount, mountSmallDisk } from "../src/testing/small-disk.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fresh-starts-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The processes in which a command line starts a member. */
async function startsOf({ child }: Started): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid,ppid,args", "-ww"]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === child.pid && args!.includes("start-process") ? [Number(pid)] : [];
  });
}

async function firstStart(started: Started): Promise<number> {
  for (;;) {
    const [pid] = await startsOf(started);
    if (pid !== undefined) return pid;
    if (started.child.exitCode !== null) throw new Error("it ended before it started a member");
    await sleep(20);
  }
}

describe.skipIf(process.platform === "win32")("a start", { timeout: 60_000 }, () => {
  test("that is killed leaves its case whole, and the record says why there are no starts", async () => {
    const out = join(folder, "killed");
    const started = startBench([...smoke, "--starts", "2", "--out", out]);
    process.kill(await firstStart(started), "SIGKILL");
    expect(await started.ended).toMatchObject({ code: 0 });
    const [record] = (await readResults(out)).cases;
    expect(record).toMatchObject({
      status: "ok",
      start: { ok: false, reason: expect.stringContaining("SIGKILL") },
    });
  });

  test("ends with an interrupt, and neither its process nor its files are left", async () => {
    const out = join(folder, "interrupted");
    const environment = { TMPDIR: await mkdtemp(join(folder, "temporary-")) };
    const started = startBench([...smoke, "--starts", "20", "--out", out], { environment });
    await firstStart(started);
    started.child.kill("SIGINT");
    expect(await started.ended).toMatchObject({ code: 130 });
    expect((await readResults(out)).run).toMatchObject({ interrupted: true });
    expect(await startsOf(started)).toEqual([]);
    const left = await readdir(environment.TMPDIR);
    expect(left.filter((name) => name.startsWith("sebench"))).toEqual([]);
  });
});

test.skipIf(!mayMount)(
  "models that do not fit on the temporary disk are told as that",
  async () => {
    await using disk = await mountSmallDisk("512k");
    const engine = { threads: 1 };
    const stored = processHost(thisNode).run(
      {
        kind: "store",
        runtime: "onnxruntime-node/cpu",
        engine,
        pair: {
          networks: { plain: "resnet20", se: "se-resnet20" },
          imageSize: 32,
          weights: { kind: "seeded", seed: 1 },
          images: { dataset: "fashion-mnist", count: 1 },
        },
        lowering: "gemm",
        session: { batch: 1, precision: "fp32" },
        folder: disk.path,
      },
      { signal: new AbortController().signal, timeoutMs: 60_000, onProgress: () => {} },
    );
    await expect(stored).rejects.toMatchObject({
      message: expect.stringContaining("no space is left on its disk"),
      remedy: expect.stringContaining("TMPDIR"),
    });
  },
);
