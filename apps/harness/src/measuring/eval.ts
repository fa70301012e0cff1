import { writeEvaluationReports } from "@sebench/bench/reports";
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import {
  askRuntimes,
  openTargets,
  pairChoiceOf,
  type RunOptions,
  provenance,
} from "@sebench/bench";
import { interruptible, readNumber, say } from "@sebench/cli";
import type { Dataset } from "@sebench/datasets";
import { oracleDirectories } from "@sebench/hosts";
import { topClasses } from "@sebench/jobs";
import {
  buildMember,
  type BuiltMember,
  type ImageRange,
  rangeOf,
  type AskedPair,
  openPair,
} from "@sebench/pairs";
import { oracleLogits } from "@sebench/reference";
import {
  describeMachine,
  type EvaluationPart,
  type EvaluationRecord,
  evaluationVersion,
  holdFile,
  untrainedPlain,
} from "@sebench/results";
import { classesOf, countMacs } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { type DatasetFlags, openAsked } from "../flags/dataset-flags.ts";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { clearProgress, imageProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

export type EvalFlags = Omit<RunFlags, "network" | "batch" | "size" | "precision"> &
  DatasetFlags & {
    readonly network: string;
    readonly batch: string;
    readonly size?: string;
    readonly precision: "fp32" | "fp16";
    readonly oracle?: string;
  };

const interruptedCode = 130;

/**
 * Asks runtimes about labelled images, writes a record and reports of their answers, and gives the
 * exit code.
 */
export async function evaluate(flags: EvalFlags): Promise<number> {
  const { network, batch, size, precision, ...others } = flags;
  const options = readRunOptions({
    ...others,
    ...(size === undefined ? {} : { size: [size] }),
    network: [network],
    batch: [batch],
    precision: [precision],
  });
  const asked = await readAsked(flags, options);
  const folder = folderOf(options, asked.started);
  // Hours of answers are lost if the folder cannot be written to, so that is found out first.
  await using held = await holdFile(join(folder, "evaluation.json"), "evaluation");
  if (held.note !== null) say(held.note);
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const report = await import("@sebench/report");
  let record: EvaluationRecord | null = null;
  const interrupted = await interruptible(async (signal) => {
    record = await ask(asked, options, signal);
  });
  if (interrupted || record === null) {
    say("interrupted: nothing was written; parts of the images can be asked for with --shard i/n");
    return interruptedCode;
  }
  await writeEvaluationReports(folder, record);
  if (flags.json) console.log(JSON.stringify(record));
  else {
    console.log(report.evaluationTable(record, terminalOptions()));
    console.log(`\nReport: ${relative(process.cwd(), join(folder, "evaluation.html"))}`);
  }
  return exitCode(record, options);
}

/** A request for an evaluation, in which everything that can be wrong has been checked. */
interface Asked {
  readonly started: string;
  readonly pair: AskedPair;
  readonly members: Readonly<Record<"plain" | "se", BuiltMember>>;
  readonly range: ImageRange;
  readonly dataset: Dataset;
  readonly batch: number;
  readonly precision: EvalFlags["precision"];
  /** The most images that the oracle is asked about, or null for as many as take some seconds. */
  readonly oracle: number | null;
}

async function readAsked(flags: EvalFlags, options: RunOptions): Promise<Asked> {
  const pair = await openPair(flags.network, pairChoiceOf(options));
  for (const note of pair.notes) say(`weights: ${note}`);
  const members = {
    plain: await buildMember(pair.description, "plain"),
    se: await buildMember(pair.description, "se"),
  };
  const size = pair.description.imageSize;
  const { dataset, request, count } = await openAsked(flags, members.se.network, pair);
  return {
    started: new Date().toISOString(),
    pair,
    members,
    range: { request, size, ...rangeOf(count, options.shard) },
    dataset,
    batch: options.selection.batches![0]!,
    precision: flags.precision,
    oracle:
      flags.oracle === undefined
        ? null
        : readNumber("--oracle", flags.oracle, { from: 0, to: 1e6 }),
  };
}

async function ask(
  asked: Asked,
  options: RunOptions,
  signal: AbortSignal,
): Promise<EvaluationRecord> {
  const { pair, range, dataset, members } = asked;
  await using opened = await openTargets(options, { signal, tell: say });
  const { answers, inference } = await askRuntimes(opened, pair.description, asked, options, {
    signal,
    onImages: imageProgress,
    onEnd(what, error) {
      clearProgress();
      if (error !== null) say(`${what}: failed: ${error.message}`);
    },
  });
  const oracle = await askOracle(asked, inference.broken.length > 0, signal);
  const hash = {
    plain: await contentHash(members.plain.weights),
    se: await contentHash(members.se.weights),
  };
  const names = { plain: members.plain.network.name, network: members.se.network.name };
  const untrained = untrainedPlain(pair.origin, names);
  return {
    schema: evaluationVersion,
    parts: [await describePart(asked, options, inference.hashes)],
    ...names,
    imageSize: range.size,
    precision: asked.precision,
    weights: { ...pair.origin, hash },
    ...(untrained === null ? {} : { untrainedPlain: untrained }),
    dataset: {
      name: dataset.name,
      identity: await dataset.identity(),
      preprocessing: dataset.preprocessing,
      classes: dataset.classes && [...dataset.classes],
      ...(dataset.listing === undefined ? {} : { listing: dataset.listing }),
    },
    labels: [...inference.labels],
    broken: [...inference.broken],
    oracle,
    answers,
  };
}

async function describePart(
  { started }: Asked,
  { shard }: RunOptions,
  hashes: readonly string[],
): Promise<EvaluationPart> {
  const content = createHash("sha256").update(hashes.join("\n")).digest("hex");
  return {
    started,
    finished: new Date().toISOString(),
    ...(await provenance()),
    shard,
    ...(hashes.length === 0 ? {} : { content }),
    machine: await describeMachine(),
  };
}

/**
 * The multiply-accumulates that the oracle is given where nobody says how many images it gets: some
 * 30 seconds.
 */
const oracleMacs = 15e9;

/**
 * Asks the oracle for the classes of the first images. It gets all of the images that ship where
 * the weights are trained ones, since its answers for those ship as well, and else as many as there
 * is time for.
 *
 * @param holes whether images are missing, so that places are not those in the dataset
 */
async function askOracle(
  asked: Asked,
  holes: boolean,
  signal: AbortSignal,
): Promise<EvaluationRecord["oracle"]> {
  const { members, range, dataset, pair } = asked;
  const affordable = Math.floor(oracleMacs / (2 * countMacs(members.se.network)));
  const shipped = range.request === null && pair.origin.kind === "trained";
  const wanted = asked.oracle ?? (shipped ? range.count : Math.max(1, affordable));
  const count = holes ? 0 : Math.min(wanted, range.count);
  if (count === 0) return { images: [], top: { plain: [], se: [] } };
  // Answers ship for all 1,000 images at once, and are looked up by the images.
  const whole = shipped && count === range.count;
  const [first, read] = whole ? [range.first, dataset.count] : [0, count];
  const { images } = await dataset.read(whole ? 0 : range.first, read);
  const top = { plain: [] as number[], se: [] as number[] };
  for (const member of ["plain", "se"] as const) {
    const { network, weights } = members[member];
    const logits = await oracleLogits({
      network,
      weights,
      images,
      cacheDirectories: oracleDirectories(),
      onImage: (done, total) => {
        signal.throwIfAborted();
        if (done % 10 === 0) say(`oracle: ${network.name}, image ${done} of ${total}`);
      },
    });
    top[member] = topClasses(logits, classesOf(network)).slice(first, first + count);
  }
  return { images: Array.from({ length: count }, (_, at) => at), top };
}

function folderOf({ out }: RunOptions, started: string): string {
  return out ?? join("results", `eval-${started.slice(0, 19).replaceAll(":", "-")}`);
}

/** The exit code: 1 where a runtime that was named gave no answers, or any runtime failed. */
function exitCode({ answers }: EvaluationRecord, { targetsNamed }: RunOptions): number {
  return answers.some(
    ({ status }) => status === "failed" || (status === "unavailable" && targetsNamed),
  )
    ? 1
    : 0;
}
