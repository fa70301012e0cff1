/**
 * Gives the same injected slowdowns to sebench and to other tools' own comparisons, for the same
 * time. A trial has a base and a head, both on onnxruntime-node's CPU with a busy wait after each
 * run, and the head's runs take a known share longer. The result is how often each tool then says
 * that the head is slower. Trials of all tools and slowdowns come in seeded random order, so that a
 * disturbance of the machine meets any of them.
 *
 * The command is `pnpm --filter @sebench/harness other-comparisons [network] [image size] [seconds]
 * [trials] [slowdowns in percent]`, which takes 50 minutes by default. Give resnet18 at 224 px 30
 * s: each of sebench's runs has five replicas of five rounds at least, which take longer than 10 s
 * allow.
 */
import { median, seededRandom, shuffled, visit } from "@sebench/measure";
import { formatSeconds } from "../src/words/progress.ts";
import { type EngineSubject, loadSubject } from "./engine-subject.ts";
import { comparisonTables } from "./other-comparisons/comparison-tables.ts";
import {
  type ComparisonTool,
  type Outcome,
  percentOf,
  type Trial,
  type TrialConditions,
} from "./other-comparisons/comparison-tool.ts";
import { openHyperfine } from "./other-comparisons/hyperfine-tool.ts";
import { openMitata } from "./other-comparisons/mitata-tool.ts";
import { openSlowedRuns } from "./other-comparisons/open-slowed-runs.ts";
import { openSebench } from "./other-comparisons/sebench-tools.ts";
import { openTinybench } from "./other-comparisons/tinybench-tool.ts";

const [
  name = "resnet20",
  imageSize = "32",
  seconds = "10",
  trials = "10",
  percents = "0,0.5,1,2,5,10",
] = process.argv.slice(2);
const slowdowns = percents.split(",").map((percent) => Number(percent) / 100);

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function medianRunMs(subject: EngineSubject): Promise<number> {
  await using base = await openSlowedRuns(subject, 0);
  const now = () => performance.now();
  const length = { runs: 10, atLeastMs: 1000 };
  await visit(base.run, length, now);
  return median(await visit(base.run, length, now));
}

/** Compares by a tool. A failure is an outcome, so that the other tools go on. */
async function compareBy(tool: ComparisonTool, trial: Trial): Promise<Outcome> {
  const { slowdown } = trial;
  const started = performance.now();
  try {
    const findings = await tool.compare(trial);
    const took = (performance.now() - started) / 1000;
    return { kind: "compared", tool: tool.name, slowdown, seconds: took, findings };
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    return { kind: "failed", tool: tool.name, slowdown, reason: reason! };
  }
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === "failed") return `failed: ${outcome.reason}`;
  const heads = outcome.findings.map(({ head }) => head).join(" / ");
  const percent = 100 * (outcome.findings[0]!.ratio - 1);
  return `${heads}, ${percent.toFixed(2)} % estimated, ${outcome.seconds.toFixed(1)} s`;
}

function planTrials(conditions: TrialConditions, tools: readonly ComparisonTool[]) {
  const random = seededRandom(1);
  return Array.from({ length: Number(trials) }, (_, index) => index).flatMap((seed) =>
    shuffled(slowdowns, random).flatMap((slowdown) =>
      shuffled(tools, random).map((tool) => ({ tool, trial: { ...conditions, slowdown, seed } })),
    ),
  );
}

async function runTrials(
  conditions: TrialConditions,
  tools: readonly ComparisonTool[],
): Promise<Outcome[]> {
  const planned = planTrials(conditions, tools);
  say(
    `${planned.length} comparisons of ${seconds} s: about ${formatSeconds(planned.length * Number(seconds))}`,
  );
  const started = performance.now();
  const outcomes: Outcome[] = [];
  for (const { tool, trial } of planned) {
    const outcome = await compareBy(tool, trial);
    outcomes.push(outcome);
    const done = outcomes.length;
    const eachSeconds = (performance.now() - started) / 1000 / done;
    const left = formatSeconds(eachSeconds * (planned.length - done));
    const place = `[${done}/${planned.length}] ${tool.name}, ${percentOf(trial.slowdown)} slower`;
    say(`${place}: ${describeOutcome(outcome)}; about ${left} left`);
  }
  return outcomes;
}

async function describeConditions({ subject, runMs }: TrialConditions): Promise<string> {
  const probed = await subject.engine.probe();
  if (!probed.ok) throw new Error(probed.reason);
  return [
    `${name} at ${imageSize} px, ${runMs.toFixed(2)} ms a run,`,
    `on onnxruntime-node ${probed.version} and Node ${process.versions.node}, ${probed.device.name};`,
    `${trials} trials of ${seconds} s for base and head together.`,
  ].join(" ");
}

const subject = await loadSubject(name, Number(imageSize), null);
const runMs = await medianRunMs(subject);
const conditions = { subject, runMs, budgetMs: 1000 * Number(seconds) };
const hyperfine = await openHyperfine(conditions);
try {
  const tools = [
    ...(await openSebench(conditions)),
    await openTinybench(),
    await openMitata(),
    hyperfine,
  ];
  const described = await describeConditions(conditions);
  say(described);
  for (const tool of tools) {
    if (tool.unavailable !== null) say(`${tool.name} is not run: ${tool.unavailable}`);
  }
  const outcomes = await runTrials(
    conditions,
    tools.filter(({ unavailable }) => unavailable === null),
  );
  console.log(`${described}\n\n${comparisonTables(tools, slowdowns, outcomes)}`);
} finally {
  await hyperfine[Symbol.asyncDispose]();
  await subject.engine[Symbol.asyncDispose]();
}
