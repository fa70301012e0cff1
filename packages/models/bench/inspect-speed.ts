/**
 * Measures what it takes to inspect a model of 100 MB, which must be under 2 seconds and under three
 * times the file's size in memory: in a fresh process each time, from its start to its end, with the
 * largest resident memory that the system counts. The command is
 * `pnpm --filter @sebench/models bench:inspect [megabytes]`; it ends with 1 where a limit is broken.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classicGate, mapIn, readIn, TestGraph, times } from "@sebench/models/testing";

const megabytes = Number(process.argv[2] ?? 100);
const repetitions = 5;
const limits = { seconds: 2, timesItsSize: 3 };

/** The measured process. It reads its own peak, as a count of rusage would begin with its parent's. */
const inspect = `
const { readFileSync } = await import("node:fs");
const { inspectModel } = await import(${JSON.stringify(import.meta.resolve("@sebench/models"))});
const began = performance.now();
const { blocks, parameters } = inspectModel(process.argv[1]);
const ms = performance.now() - began;
const [, peak] = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ blocks: blocks.length, parameters, ms, rss: 1024 * Number(peak) }));
`;

/** Writes a model with SE blocks whose other layers have as many weights as are asked for. */
function writeModel(path: string): void {
  const own = new TestGraph();
  let map = mapIn(own);
  for (let block = 0; block < 20; block++) map = times(own, map, classicGate(own, map));
  const perLayer = 2 ** 20;
  const wide = own.constant([perLayer / 8, 8, 1, 1]);
  const layers = Math.ceil((megabytes * 1e6) / (4 * perLayer));
  const back = [...Array(layers - 1).keys()].map(() => own.constant([8, perLayer / 8, 1, 1]));
  for (const narrow of back) {
    map = own.add("Conv", [own.add("Conv", [map, wide]), narrow]);
  }
  const file = openSync(path, "w");
  writeSync(file, own.model(readIn(own, map)));
  closeSync(file);
}

const folder = mkdtempSync(join(tmpdir(), "sebench-inspect-"));
try {
  const path = join(folder, "model.onnx");
  writeModel(path);
  const { size } = statSync(path);
  const seconds: number[] = [];
  const resident: number[] = [];
  for (let run = 0; run < repetitions; run++) {
    const began = performance.now();
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--import", "tsx/esm", "--input-type=module", "-e", inspect, path],
      { encoding: "utf8", cwd: import.meta.dirname },
    );
    seconds.push((performance.now() - began) / 1000);
    if (status !== 0) throw new Error(stderr);
    resident.push((JSON.parse(stdout) as { readonly rss: number }).rss);
    if (run === 0) console.log(stdout.trim());
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[2]!;
  const [time, share] = [median(seconds), Math.max(...resident) / size];
  console.log(
    `${(size / 1e6).toFixed(0)} MB: ${time.toFixed(2)} s (median of ${repetitions}), ${share.toFixed(2)} times its size resident at most`,
  );
  process.exitCode = time < limits.seconds && share < limits.timesItsSize ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
