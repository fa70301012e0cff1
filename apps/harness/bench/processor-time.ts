/**
 * This program shows what processor time is worth on a busy machine: the same cases of one thread,
 * idle and beside two busy processes, in turns. On an idle machine of two cores both estimates of
 * the overhead should agree; beside the load, the one by processor time should still be right.
 *
 *     pnpm --filter @sebench/harness processor-time [pairs] [seconds] [runtime of one case]
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "@sebench/measure";
import { type OkCase, readResults } from "@sebench/results";

const [pairs = "5", seconds = "25", only] = process.argv.slice(2);
const root = fileURLToPath(new URL("../../..", import.meta.url));

const busyProcesses = 2;
const cases = [
  { runtime: "onnxruntime-node/cpu", host: "node", network: "se-resnet18" },
  { runtime: "onnxruntime-web/wasm", host: "chromium", network: "se-resnet18" },
].filter(({ runtime }) => only === undefined || only === runtime);

type Estimate = Pick<OkCase["overhead"], "ratio" | "interval">;
type Machine = "idle" | "loaded";

/** Both estimates of one run of a case. */
interface Measured {
  readonly wall: Estimate;
  readonly processor: Estimate;
  readonly heldUp: number;
  readonly rounds: number;
}

async function measure(asked: (typeof cases)[number], seed: number): Promise<Measured> {
  const { runtime, host, network } = asked;
  const folder = await mkdtemp(join(tmpdir(), "sebench-processor-"));
  const out = join(folder, "run");
  const main = ["--import", "tsx/esm", "apps/harness/src/main.ts", "run", "--no-fetch"];
  const what = ["--runtime", runtime, "--host", host, "--network", network, "--lowering", "gemm"];
  const how = ["--threads", "1", "--budget", seconds, "--seed", String(seed), "--starts", "0"];
  try {
    const command = [...main, ...what, ...how, "--out", out];
    await promisify(execFile)(process.execPath, command, { cwd: root });
    const [record] = (await readResults(out)).cases;
    if (record?.status !== "ok" || !record.processor?.overhead) {
      throw new Error(`${runtime} gave no overhead by processor time`);
    }
    const { overhead, processor } = record;
    const heldUp = processor.heldUp?.flat().length ?? 0;
    return { wall: overhead, processor: processor.overhead!, heldUp, rounds: overhead.rounds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Does work beside busy processes, which end with it. */
async function beside<Result>(processes: number, work: () => Promise<Result>): Promise<Result> {
  const busy: ChildProcess[] = Array.from({ length: processes }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  const end = () => busy.forEach((child) => child.kill("SIGKILL"));
  process.once("exit", end);
  try {
    return await work();
  } finally {
    end();
    process.off("exit", end);
  }
}

function inWords({ ratio, interval }: Estimate): string {
  const percent = (value: number) => (100 * (value - 1)).toFixed(2);
  return `${percent(ratio)} % [${interval!.map(percent).join(", ")}]`;
}

function holds({ interval }: Estimate, ratio: number): boolean {
  return interval![0] <= ratio && ratio <= interval![1];
}

for (const asked of cases) {
  const { network, runtime } = asked;
  const found: Record<Machine, Measured[]> = { idle: [], loaded: [] };
  for (let pair = 0; pair < Number(pairs); pair++) {
    const order: Machine[] = pair % 2 === 0 ? ["idle", "loaded"] : ["loaded", "idle"];
    for (const machine of order) {
      const processes = machine === "idle" ? 0 : busyProcesses;
      const measured = await beside(processes, () => measure(asked, pair + 1));
      found[machine].push(measured);
      const { wall, processor, heldUp, rounds } = measured;
      console.log(
        `${network} on ${runtime}, ${machine}: wall ${inWords(wall)}, ` +
          `processor ${inWords(processor)}, ${heldUp} of ${rounds} rounds held up`,
      );
    }
  }
  // The truth is what the wall clock says on the idle machine.
  const truth = median(found.idle.map(({ wall }) => wall.ratio));
  for (const estimate of ["wall", "processor"] as const) {
    const own = found.loaded.map((measured) => measured[estimate]);
    const off = own.map(({ ratio }) => Math.abs(100 * (ratio - truth)));
    const widths = own.map(({ ratio, interval }) => (interval![1] - interval![0]) / 2 / ratio);
    console.log(
      `${network} on ${runtime}, ${busyProcesses} busy processes, by ${estimate} time: ` +
        `${median(off).toFixed(2)} points from the idle ${(100 * (truth - 1)).toFixed(2)} % in the median, ` +
        `half-width ${(100 * median(widths)).toFixed(2)} %, ` +
        `${own.filter((each) => holds(each, truth)).length} of ${own.length} intervals hold it`,
    );
  }
}
