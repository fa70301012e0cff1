/**
 * This program measures how wide the overhead's interval is, by the sebench of an earlier checkout
 * and by this one: the same cases for the same time, in turns, on an otherwise idle machine.
 *
 *     git worktree add ../earlier d9d3c24 && (cd ../earlier && npx -y pnpm@10.34.9 install)
 *     pnpm --filter @sebench/harness against-earlier ../earlier 10
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "@sebench/measure";
import type { OkCase } from "@sebench/results";

const [earlier = "../earlier", count = "10", only] = process.argv.slice(2);
const base = process.env["INIT_CWD"] ?? process.cwd();
const builds = {
  earlier: resolve(base, earlier),
  now: fileURLToPath(new URL("../../..", import.meta.url)),
};
type Build = keyof typeof builds;

const cases = [
  { runtime: "onnxruntime-node/cpu", host: "node", network: "se-resnet50", seconds: 30 },
  { runtime: "onnxruntime-node/cpu", host: "node", network: "se-resnet8", seconds: 8 },
  { runtime: "onnxruntime-web/wasm", host: "chromium", network: "se-resnet18", seconds: 25 },
].filter(({ network }) => only === undefined || only === network);

interface Width {
  readonly percent: number;
  readonly overhead: number;
  readonly replicas: number;
  readonly rounds: number;
  readonly wallSeconds: number;
  readonly timedSeconds: number;
}

async function measure(build: Build, asked: (typeof cases)[number], seed: number): Promise<Width> {
  const out = await mkdtemp(join(tmpdir(), "sebench-earlier-"));
  const { runtime, host, network, seconds } = asked;
  const main = ["--import", "tsx/esm", "apps/harness/src/main.ts", "run", "--no-fetch"];
  const what = ["--runtime", runtime, "--host", host, "--network", network, "--lowering", "gemm"];
  const how = ["--budget", String(seconds), "--seed", String(seed), "--out", join(out, "run")];
  // Fresh starts are a measurement of their own, which the earlier build has not.
  if (build === "now") how.push("--starts", "0");
  const started = performance.now();
  try {
    await promisify(execFile)(process.execPath, [...main, ...what, ...how], { cwd: builds[build] });
    const wallSeconds = (performance.now() - started) / 1000;
    const text = await readFile(join(out, "run", "results.json"), "utf8");
    const [record] = (JSON.parse(text) as { cases: OkCase[] }).cases;
    const { ratio, interval, replicas, rounds } = record!.overhead;
    const samples = [record!.members.plain, record!.members.se].map(({ samplesMs }) => samplesMs);
    const timedMs = samples.flat(3).reduce((sum, ms) => sum + ms, 0);
    return {
      percent: (100 * (interval![1] - interval![0])) / 2 / ratio,
      overhead: 100 * (ratio - 1),
      replicas: replicas.length,
      rounds,
      wallSeconds,
      timedSeconds: timedMs / 1000,
    };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

for (const asked of cases) {
  const widths: Record<Build, number[]> = { earlier: [], now: [] };
  for (let pair = 0; pair < Number(count); pair++) {
    const order: Build[] = pair % 2 === 0 ? ["earlier", "now"] : ["now", "earlier"];
    for (const build of order) {
      const width = await measure(build, asked, pair + 1);
      widths[build].push(width.percent);
      console.log(
        `${asked.network} on ${asked.runtime}, ${build}: ${width.overhead.toFixed(2)} % ` +
          `+- ${width.percent.toFixed(2)}, ${width.replicas} replicas, ${width.rounds} rounds, ` +
          `${width.timedSeconds.toFixed(1)} s timed of ${width.wallSeconds.toFixed(1)} s`,
      );
    }
  }
  const [before, after] = [median(widths.earlier), median(widths.now)];
  console.log(
    `${asked.network} on ${asked.runtime}: median half-width ${before.toFixed(2)} % before, ` +
      `${after.toFixed(2)} % now, ${(after / before).toFixed(2)} times`,
  );
}
