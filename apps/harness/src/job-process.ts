/**
 * The process that a job runs in: forked by `process-host.ts`, which sends one job
 * and watches from outside, since an engine may block this process's event loop,
 * crash it, or be killed for its memory.
 */
import { lower } from "@sebench/lowering";
import {
  explainCase,
  loweredEntrants,
  measureCase,
  measureRoofline,
  type Member,
  members,
  runRace,
} from "@sebench/measure";
import { oracleLogits } from "@sebench/reference";
import { type ActivationRanges, type Engine, openModels } from "@sebench/runtime";
import { activationRanges } from "@sebench/runtime-onnxruntime-node";
import { classesOf, countMacs, countParameters, describeError, InputError } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { buildMember, imagesOf, lowerMember } from "./build-pair.ts";
import { oracleDirectories } from "./cache.ts";
import type {
  AnswerTo,
  ExplainJob,
  InferJob,
  Job,
  JobMessage,
  MeasureJob,
  OracleAnswer,
  OracleJob,
  PairDescription,
  ProbeJob,
  RaceJob,
  RangesJob,
  RooflineJob,
} from "./job.ts";
import { buildModel } from "./infer/build-model.ts";
import { inferImages } from "./infer/infer-images.ts";
import { decodeMessage, encodeMessage } from "./job-codec.ts";
import { residentPeak } from "./resident-peak.ts";
import { runtimeOf } from "./runtimes.ts";
import { watchMachine } from "./watch-machine.ts";

function say(message: JobMessage): void {
  process.send?.(encodeMessage(message));
}

async function probe(job: ProbeJob): Promise<AnswerTo<ProbeJob>> {
  await using engine = await runtimeOf(job.runtime).load(job.engine);
  return await engine.probe();
}

async function askOracle({ pair }: OracleJob): Promise<AnswerTo<OracleJob>> {
  return { plain: await askOracleOf(pair, "plain"), se: await askOracleOf(pair, "se") };
}

async function askOracleOf(pair: PairDescription, member: Member): Promise<OracleAnswer> {
  const { network, weights } = await buildMember(pair, member);
  const logits = await oracleLogits({
    network,
    weights,
    images: await imagesOf(pair),
    cacheDirectories: oracleDirectories(),
    onImage: (done, total) => say({ kind: "progress", progress: { phase: "oracle", done, total } }),
  });
  return {
    logits,
    classes: classesOf(network),
    weightsHash: await contentHash(weights),
    parameters: countParameters(network),
    macs: countMacs(network),
  };
}

async function measureRanges({ pair, lowering }: RangesJob): Promise<AnswerTo<RangesJob>> {
  const images = await imagesOf(pair);
  const ranges: Record<string, ActivationRanges> = {};
  for (const member of members) {
    // One image at a time.
    const lowered = await lowerMember(pair, member, lowering, 1);
    ranges[lowered.network.name] = await activationRanges(lowered, images);
  }
  return ranges;
}

async function measure(job: MeasureJob): Promise<AnswerTo<MeasureJob>> {
  const { pair, labelled } = job;
  await using engine = await runtimeOf(job.runtime).load(job.engine);
  const models = await encodePair(engine, job);
  return await measureCase(engine, models, await imagesOf(pair), job.measure, {
    onProgress: (progress) => say({ kind: "progress", progress }),
    peakMemory: residentPeak(),
    conditions: watchMachine(ownProcessorTime),
    ...(labelled && { labelled: { ...labelled, load: () => imagesOf({ ...pair, ...labelled }) } }),
  });
}

async function explain(job: ExplainJob): Promise<AnswerTo<ExplainJob>> {
  await using engine = await runtimeOf(job.runtime).load(job.engine);
  const models = await encodePair(engine, job);
  return await explainCase(engine, models, await imagesOf(job.pair), job.measure, {
    onProgress: (progress) => say({ kind: "progress", progress }),
  });
}

async function encodePair(engine: Engine, job: Pick<MeasureJob, "pair" | "lowering" | "measure">) {
  // Starts the engine: its binary's loading is not part of a network's preparing.
  await engine.probe();
  const encode = async (member: Member) =>
    engine.encode(
      await lowerMember(job.pair, member, job.lowering, job.measure.batch),
      job.measure,
    );
  return { plain: await encode("plain"), se: await encode("se") };
}

async function infer(job: InferJob): Promise<AnswerTo<InferJob>> {
  await using engine = await runtimeOf(job.runtime).load(job.engine);
  const availability = await engine.probe();
  if (!availability.ok) throw new InputError(availability.reason, availability);
  const models = await Promise.all(job.models.map(buildModel));
  const lowered = models.map(({ network, weights }) => lower(network, weights, "conv1x1"));
  await using group = await openModels(engine, lowered, job.options);
  const onImages = (done: number, total: number) =>
    say({ kind: "progress", progress: { phase: "images", done, total } });
  return await inferImages(group, models, job.images, job.options, onImages);
}

async function roofline(job: RooflineJob): Promise<AnswerTo<RooflineJob>> {
  await using engine = await runtimeOf(job.runtime).load(job.engine);
  await engine.probe();
  return await measureRoofline(engine, job.request);
}

async function race(job: RaceJob): Promise<AnswerTo<RaceJob>> {
  await using engine = await runtimeOf(job.runtime).load(job.engine);
  await engine.probe();
  const entrants = loweredEntrants(engine, job.entrants, job.race, (member) =>
    buildMember(job.pair, member),
  );
  return await runRace(engine, entrants, await imagesOf(job.pair), job.race);
}

/** Of this process, all its threads together, in milliseconds. */
function ownProcessorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function answer(job: Job): Promise<AnswerTo<Job>> {
  switch (job.kind) {
    case "probe":
      return probe(job);
    case "oracle":
      return askOracle(job);
    case "ranges":
      return measureRanges(job);
    case "measure":
      return measure(job);
    case "explain":
      return explain(job);
    case "infer":
      return infer(job);
    case "roofline":
      return roofline(job);
    case "race":
      return race(job);
  }
}

// The parent decides what an interrupt means, and ends this process, once it has the answer.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));
process.once("message", (text) => {
  void answer(decodeMessage(text as string) as Job)
    .then((value) => say({ kind: "answer", answer: value }))
    .catch((error: unknown) => say({ kind: "error", error: describeError(error) }));
});
