/**
 * The process that a job runs in. `process-host.ts` forks it, sends one job and watches from
 * outside, since an engine may block this process's event loop, crash it, or be killed for its
 * memory.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFault } from "@sebench/artifacts";
import {
  answerOnEngine,
  type AnswerTo,
  decodeMessage,
  encodeMessage,
  type FileOracleJob,
  type FormsAnswer,
  type FormsJob,
  type Job,
  type JobObserver,
  type OracleAnswer,
  type OracleJob,
  type RangesJob,
  readRunInputs,
  type StartJob,
  type StoredForm,
  type StoredMember,
  type StoreJob,
} from "@sebench/jobs";
import type { LoweredNetwork } from "@sebench/lowering";
import { type Member, members } from "@sebench/measure";
import { storeModel as storeOnnx } from "@sebench/onnxruntime";
import {
  buildMember,
  imagesOf,
  importedFile,
  lowerMember,
  type PairDescription,
} from "@sebench/pairs";
import { oracleLogits } from "@sebench/reference";
import {
  type ActivationRanges,
  type EngineName,
  imagesOfRun,
  openModels,
  type RuntimeId,
  type SessionOptions,
  type StoredModel,
} from "@sebench/runtime";
import { storeModel as storeLitert } from "@sebench/runtime-litert-web/model";
import { activationRanges } from "@sebench/runtime-onnxruntime-node/activation-ranges";
import {
  classesOf,
  countMacs,
  countParameters,
  describeError,
  elementCount,
  inputShape,
  type Network,
} from "@sebench/spec";
import { formsOf, storeModel as storeTfjs, type TfjsRuntimeId } from "@sebench/tfjs";
import { contentHash, readSafetensors, toWeights } from "@sebench/weights";
import { localSupply } from "../host/local-supply.ts";
import { runtimeOf } from "../host/runtimes.ts";
import { watchMachine } from "../host/watch-machine.ts";
import { settledMemory } from "./settled-memory.ts";
import type { JobMessage } from "./message.ts";
import { oracleDirectories } from "./oracle-cache.ts";

function say(message: JobMessage): void {
  process.send?.(encodeMessage(message));
}

const observer: JobObserver = {
  say() {},
  onProgress: (progress) => say({ kind: "progress", progress }),
  conditions: watchMachine({ fine: ownProcessorTime, coarse: ownProcessorTime }),
  memory: settledMemory,
};

/** The processor time of this process, all its threads together, in milliseconds. */
function ownProcessorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Answers a job; the kinds that need no host's engine are answered here. */
async function answer(job: Exclude<Job, StartJob>): Promise<AnswerTo<Job>> {
  switch (job.kind) {
    case "oracle":
      return askOracle(job);
    case "fileOracle":
      return askOracleOfFiles(job);
    case "ranges":
      return measureRanges(job);
    case "store":
      return storePair(job);
    case "forms":
      return askForms(job);
    default:
      return answerOnEngine(job, (id, options) => runtimeOf(id).load(options), {
        supply: localSupply(),
        observer,
      });
  }
}

type Store = (runtime: RuntimeId, lowered: LoweredNetwork, options: SessionOptions) => StoredModel;

const onnx: Store = (_runtime, lowered, options) => storeOnnx(lowered, options);
const tfjs: Store = (runtime, lowered, options) =>
  storeTfjs(lowered, options, formsOf[runtime as TfjsRuntimeId]);

/** How the models of each engine are stored, without the engine. */
const stores: Readonly<Record<EngineName, Store>> = {
  "onnxruntime-node": onnx,
  "onnxruntime-web": onnx,
  "tfjs-node": tfjs,
  "tfjs-web": tfjs,
  "litert-web": storeLitert,
};

/** Writes both members, and the first batch of images, as the files that a deployment ships. */
async function storePair(job: StoreJob): Promise<AnswerTo<StoreJob>> {
  try {
    return { plain: await storeMember(job, "plain"), se: await storeMember(job, "se") };
  } catch (error) {
    throw temporaryFault(error) ?? error;
  }
}

async function storeMember(job: StoreJob, member: Member): Promise<StoredMember> {
  const { runtime, pair, lowering, session, folder } = job;
  const lowered = await lowerMember(pair, member, lowering, session.batch);
  const store = stores[runtime.split("/")[0] as EngineName];
  const { head, bytes } = store(runtime, lowered, session);
  const shape = [session.batch, ...inputShape(lowered.network)];
  const images = (await imagesOf(pair)).data.subarray(0, elementCount(shape));
  const place = (name: string) => join(folder, `${member}-${name}`);
  const files = {
    head: place("head.json"),
    model: place("model.bin"),
    images: place("images.bin"),
  };
  await writeFile(files.head, JSON.stringify(head));
  await writeFile(files.model, bytes);
  await writeFile(files.images, images);
  return { files, inputShape: shape };
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

async function askOracleOfFiles({
  members: { files, inputs },
}: FileOracleJob): Promise<AnswerTo<FileOracleJob>> {
  const runs = readRunInputs(await readFile(inputs));
  const answers: Float64Array[][] = [];
  for (const [index, file] of files.entries()) {
    const { network, weights } = importedFile(file);
    const logits: Float64Array[] = [];
    for (const [run, input] of runs.entries()) {
      const [done, total] = [index * runs.length + run, files.length * runs.length];
      say({ kind: "progress", progress: { phase: "oracle", done, total } });
      const images = imagesOfRun(input);
      logits.push(
        await oracleLogits({ network, weights, images, cacheDirectories: oracleDirectories() }),
      );
    }
    answers.push(logits);
  }
  return answers;
}

/** The ranges without those of the squeezes and excitations, whose values stay in floating point. */
function withFloatSe({ nodes }: Network, ranges: ActivationRanges): ActivationRanges {
  const floats = nodes.filter(({ role }) => role === "squeeze" || role === "excite");
  return { ...ranges, ...Object.fromEntries(floats.map(({ name }) => [name, null])) };
}

async function measureRanges({ pair, lowering, keep }: RangesJob): Promise<AnswerTo<RangesJob>> {
  const images = await imagesOf(pair);
  const ranges: Record<string, ActivationRanges> = {};
  for (const member of members) {
    // The ranges are computed one image at a time.
    const lowered = await lowerMember(pair, member, lowering, 1);
    const measured = await activationRanges(lowered, images);
    ranges[lowered.network.name] =
      keep === "se" ? withFloatSe(lowered.network, measured) : measured;
  }
  return ranges;
}

async function askForms({ engine, forms, wanted, keep, ...asked }: FormsJob): Promise<FormsAnswer> {
  const images = await imagesOf(asked);
  const lowered = await Promise.all(forms.map(readForm));
  if (wanted === "ranges") {
    const ranges: ActivationRanges[] = [];
    for (const form of lowered) {
      const measured = await activationRanges(form, images);
      ranges.push(keep === "se" ? withFloatSe(form.network, measured) : measured);
    }
    return { logits: [], ranges };
  }
  await using cpu = await runtimeOf("onnxruntime-node/cpu").load(engine);
  const options = { batch: asked.images.count, precision: "fp32" } as const;
  const encode = lowered.map((network) => () => cpu.encode(network, options));
  await using group = await openModels(cpu, encode, options);
  return { logits: await group.run(images), ranges: [] };
}

async function readForm({ weightsFile, ...form }: StoredForm) {
  return { ...form, weights: toWeights(readSafetensors(await readFile(weightsFile))) };
}

// The parent decides what an interrupt means, and ends this process once it has the answer.
for (const interrupt of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(interrupt, () => {});
process.on("disconnect", () => process.exit(1));
process.once("message", (text) => {
  void answer(decodeMessage(text as string) as Exclude<Job, StartJob>)
    .then((value) => say({ kind: "answer", answer: value }))
    .catch((error: unknown) => say({ kind: "error", error: describeError(error) }));
});
