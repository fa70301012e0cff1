import { writeEvaluationReports } from "@sebench/bench/reports";
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import {
  askRuntimes,
  defaultSeed,
  feedModels,
  openTargets,
  type RunOptions,
  provenance,
} from "@sebench/bench";
import { interruptible, readNumber, say } from "@sebench/cli";
import type { Dataset } from "@sebench/datasets";
import { oracleDirectories } from "@sebench/hosts";
import { topClasses } from "@sebench/jobs";
import { type ImageRange, rangeOf } from "@sebench/pairs";
import { oracleLogits } from "@sebench/reference";
import {
  describeMachine,
  type EvaluationPart,
  type EvaluationRecord,
  evaluationVersion,
  holdFile,
  untrainedPlain,
} from "@sebench/results";
import { classesOf, countMacs, InputError } from "@sebench/spec";
import { type DatasetFlags, openAsked } from "../flags/dataset-flags.ts";
import { requireOne } from "../flags/study-flags.ts";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { clearProgress, imageProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";
import { type EvalSubject, modelSubject, networkSubject } from "./eval-subject.ts";

export type EvalFlags = Omit<RunFlags, "network" | "batch" | "size" | "precision"> &
  DatasetFlags & {
    readonly network?: string;
    readonly batch?: string;
    readonly size?: string;
    readonly precision?: "fp32" | "fp16";
    readonly oracle?: string;
  };

/** The network that is asked where neither a network nor a model's file is named. */
const usualNetwork = "se-resnet8";

const interruptedCode = 130;

/**
 * Asks runtimes about labelled images, writes a record and reports of their answers, and gives the
 * exit code.
 */
export async function evaluate(flags: EvalFlags): Promise<number> {
  const options = readOptions(flags);
  await using fed = await feedModels(options.models, options.seed ?? defaultSeed, say);
  const [model] = fed.models;
  const subject =
    model === undefined
      ? await networkSubject(flags.network ?? usualNetwork, options)
      : modelSubject(model);
  const asked = await readAsked(flags, subject, options);
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

/** Throws an `InputError` where the flags name both a network and a model's file, or several files. */
function readOptions(flags: EvalFlags): RunOptions {
  const { network, batch, size, precision, model, images: _, ...others } = flags;
  const { preprocessing: _1, mean: _2, std: _3, resize: _4, interpolation: _5, ...rest } = others;
  const one = <Flag extends string>(flag: Flag, value: string | undefined) =>
    value === undefined ? {} : ({ [flag]: [value] } as Record<Flag, string[]>);
  if (model !== undefined) requireOne("--model", model);
  if (model !== undefined && network !== undefined) {
    throw new InputError("--network and --model are both named, and this looks at one at a time", {
      remedy: "leave one of them out",
    });
  }
  return readRunOptions({
    ...rest,
    ...(model === undefined ? one("network", network ?? usualNetwork) : { model }),
    ...one("size", size),
    ...one("batch", batch),
    ...one("precision", precision),
  });
}

/** A request for an evaluation, in which everything that can be wrong has been checked. */
interface Asked {
  readonly started: string;
  readonly subject: EvalSubject;
  readonly range: ImageRange;
  readonly dataset: Dataset;
  /** The most images that the oracle is asked about, or null for as many as take some seconds. */
  readonly oracle: number | null;
}

async function readAsked(
  flags: EvalFlags,
  subject: EvalSubject,
  options: RunOptions,
): Promise<Asked> {
  const { dataset, request, count } = await openAsked(flags, subject);
  return {
    started: new Date().toISOString(),
    subject,
    range: { request, size: subject.size, ...rangeOf(count, options.shard) },
    dataset,
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
  const { subject, range, dataset } = asked;
  const { names, origin, precision, batch, models, hash } = subject;
  await using opened = await openTargets(options, { signal, tell: say });
  const { answers, inference } = await askRuntimes(
    opened,
    models,
    { range, batch, precision: asked.subject.origin.kind === "model" ? "fp32" : precision },
    options,
    {
      signal,
      onImages: imageProgress,
      onEnd(what, error) {
        clearProgress();
        if (error !== null) say(`${what}: failed: ${error.message}`);
      },
    },
  );
  const oracle = await askOracle(asked, inference.broken.length > 0, signal);
  const untrained = untrainedPlain(origin, names);
  return {
    schema: evaluationVersion,
    parts: [await describePart(asked, options, inference.hashes)],
    ...names,
    imageSize: range.size,
    precision,
    weights: { ...origin, hash },
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
  const { range, dataset, subject } = asked;
  const { built, origin } = subject;
  if (built === null) return { images: [], top: { plain: [], se: [] } };
  const affordable = Math.floor(oracleMacs / (2 * countMacs(built.se.network)));
  const shipped = range.request === null && origin.kind === "trained";
  const wanted = asked.oracle ?? (shipped ? range.count : Math.max(1, affordable));
  const count = holes ? 0 : Math.min(wanted, range.count);
  if (count === 0) return { images: [], top: { plain: [], se: [] } };
  // Answers ship for all 1,000 images at once, and are looked up by the images.
  const whole = shipped && count === range.count;
  const [first, read] = whole ? [range.first, dataset.count] : [0, count];
  const { images } = await dataset.read(whole ? 0 : range.first, read);
  const top = { plain: [] as number[], se: [] as number[] };
  for (const member of ["plain", "se"] as const) {
    const { network, weights } = built[member];
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
