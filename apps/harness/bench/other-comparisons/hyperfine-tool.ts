import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import { median } from "@sebench/measure";
import { execa } from "execa";
import {
  type ComparisonTool,
  type Finding,
  headOf,
  percentOf,
  type TrialConditions,
} from "./comparison-tool.ts";

/** The least and the most processes of each command that are timed; one more warms up. */
const processes = { fewest: 3, most: 10 };

interface ProcessPlan {
  readonly processes: number;
  /** The number of runs of the session in each process. */
  readonly runs: number;
  /** The share of a process's time that goes to the runs. */
  readonly shareOfRuns: number;
}

/** The part that is read of the file that `--export-json` names, with times in seconds. */
interface Exported {
  readonly results: readonly [CommandTimes, CommandTimes];
}

interface CommandTimes {
  readonly mean: number;
  readonly stddev: number;
}

/**
 * Opens hyperfine as a tool that times two commands one after the other, each a process of Node.
 */
export async function openHyperfine(
  conditions: TrialConditions,
): Promise<ComparisonTool & AsyncDisposable> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "sebench-hyperfine-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const described = {
    rules: ["mean of head by mean of base, less its propagated standard deviation, is above 1"],
    [Symbol.asyncDispose]: dispose,
  };
  try {
    const name = await hyperfineVersion();
    const subjectFile = path.join(folder, "subject");
    const { model, images } = conditions.subject;
    await writeFile(subjectFile, serialize({ model, images }));
    const plan = planProcesses(conditions, await startMs(subjectFile));
    return {
      ...described,
      name,
      unavailable: null,
      async compare({ slowdown }) {
        const commands = [0, slowdown].map((share) => commandOf(subjectFile, share, plan.runs));
        return [findingOf(await timeCommands(folder, plan, commands))];
      },
      note: () => noteOn(plan),
    };
  } catch (error) {
    return {
      ...described,
      name: "hyperfine",
      unavailable: (error as Error).message.split("\n")[0]!,
      compare: () => Promise.reject(error),
    };
  }
}

async function hyperfineVersion(): Promise<string> {
  const { stdout, failed } = await execa("hyperfine", ["--version"], { reject: false });
  if (failed) throw new Error("hyperfine is not installed (on Debian: apt-get install hyperfine)");
  return stdout!;
}

function commandOf(subjectFile: string, slowdown: number, runs: number): readonly string[] {
  const entry = fileURLToPath(new URL("hyperfine-process.ts", import.meta.url));
  const loader = import.meta.resolve("tsx");
  return [process.execPath, "--import", loader, entry, subjectFile, `${slowdown}`, `${runs}`];
}

/** The time of a process that never runs the session, in milliseconds. */
async function startMs(subjectFile: string): Promise<number> {
  const [node, ...parameters] = commandOf(subjectFile, 0, 0);
  // The first process fills caches, and is not timed.
  await execute(node!, parameters);
  const timesMs: number[] = [];
  for (let time = 0; time < 3; time++) {
    timesMs.push(await execute(node!, parameters));
  }
  return median(timesMs);
}

/**
 * Executes a command and gives the time that it took, in milliseconds. An error says what the
 * command last wrote, and names no paths.
 */
async function execute(file: string, parameters: readonly string[]): Promise<number> {
  const result = await execa(file, parameters, { reject: false });
  if (result.failed) {
    const last = result.stderr.trim().split("\n").at(-1);
    throw new Error(`${path.basename(file)} ended with ${result.exitCode}: ${last}`);
  }
  return result.durationMs;
}

/** Plans as many processes as leave half of each to the runs, where the time is enough for that. */
function planProcesses({ budgetMs, runMs }: TrialConditions, start: number): ProcessPlan {
  const commandMs = budgetMs / 2;
  const leastMs = 2 * start * (processes.fewest + 1);
  if (budgetMs <= leastMs) {
    const least = (leastMs / 1000).toFixed(1);
    throw new Error(`its processes take ${least} s a trial to start: give it more seconds`);
  }
  const halved = Math.floor(commandMs / (2 * start)) - 1;
  const count = Math.min(processes.most, Math.max(processes.fewest, halved));
  const runs = Math.max(1, Math.round((commandMs / (count + 1) - start) / runMs));
  return { processes: count, runs, shareOfRuns: (runs * runMs) / (start + runs * runMs) };
}

async function timeCommands(
  folder: string,
  plan: ProcessPlan,
  commands: readonly (readonly string[])[],
): Promise<Exported> {
  const file = path.join(folder, "times.json");
  await execute("hyperfine", [
    "--shell=none",
    "--style=none",
    "--warmup=1",
    `--runs=${plan.processes}`,
    `--export-json=${file}`,
    ...commands.map((words) => words.map(quoted).join(" ")),
  ]);
  return JSON.parse(await readFile(file, "utf8")) as Exported;
}

/** A word in quotes, since hyperfine splits a command into words as a shell does. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The finding of the times of both commands. The ratio is made of the means here, since hyperfine
 * divides the slower by the faster, so that its own ratio is 1 or more.
 */
function findingOf({ results: [base, head] }: Exported): Finding {
  const relativeSd = Math.hypot(base.stddev / base.mean, head.stddev / head.mean);
  const ratio = head.mean / base.mean;
  const left = Math.max(0, 1 - relativeSd);
  return { head: headOf(ratio * left, ratio / left), ratio };
}

function noteOn({ processes: count, runs, shareOfRuns }: ProcessPlan): string {
  const share = percentOf(Number(shareOfRuns.toFixed(2)));
  return `it timed ${count} processes of ${runs} runs for each of base and head. The runs are ${share} of a process's time and the rest is its start, so that ${share} of a slowdown is what it can see.`;
}
