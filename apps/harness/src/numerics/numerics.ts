import { defaultSeed, feedModels, halfSafety, type HalfQuestion, importFed } from "@sebench/bench";
import { interruptible, readNumber, say } from "@sebench/cli";
import { oracleDirectories } from "@sebench/hosts";
import { datasetOf, describeOrigin, imagesOf, openMember } from "@sebench/pairs";
import type { HalfStudy } from "@sebench/report";
import { classesOf, InputError, inputShape, type Tensor } from "@sebench/spec";
import { type DatasetFlags, openAsked } from "../flags/dataset-flags.ts";
import { type MemberFlags, readMemberChoice } from "../flags/member-flags.ts";
import { readModelRequest } from "../flags/model-flags.ts";
import { clearProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

export interface NumericsFlags extends MemberFlags, DatasetFlags {
  readonly network?: string;
  /** The path of a model's file, in place of a network. */
  readonly model?: string;
  readonly input?: readonly string[];
  readonly inputs?: readonly string[];
  readonly precision?: "fp16" | "int8";
  readonly lowering?: string;
  readonly block?: string;
  readonly json?: boolean;
}

const interruptedCode = 130;

/** The images that are looked at where nothing says how many: the oracle takes seconds for each. */
const usualImages = 4;

/** What fp16 is tried on. */
interface Subject
  extends
    Pick<HalfQuestion, "member" | "images" | "titles">,
    Pick<HalfStudy, "network" | "lowering" | "weights" | "dataset"> {}

/** Says what a precision makes of the SE of a network or a model's file, and gives the exit code. */
export async function numerics(flags: NumericsFlags): Promise<number> {
  if (flags.precision === "int8") throw inIntegers;
  const subject = await readSubject(flags);
  const { member, images, titles, ...words } = subject;
  const { halfText } = await import("@sebench/report");
  let study: HalfStudy | null = null;
  const interrupted = await interruptible(async (signal) => {
    const safety = await halfSafety({
      member,
      lowering: words.lowering,
      images,
      block: flags.block ?? null,
      ...(titles && { titles }),
      cacheDirectories: oracleDirectories(),
      signal,
      onProgress: (text) => say(`${words.network}: ${text}`),
    });
    study = { ...words, imageSize: inputShape(member.network)[1], precision: "fp16", ...safety };
  });
  clearProgress();
  if (interrupted || study === null) return interruptedCode;
  console.log(flags.json ? JSON.stringify(study) : halfText(study, terminalOptions()));
  return isSafe(study) ? 0 : 1;
}

/** The oracle has no integers: their levels and kernels are an engine's. */
const inIntegers = new InputError(
  "int8 is what an engine makes of a network, and bench numerics asks none",
  {
    remedy:
      "bench bisect --precision int8 --runtime onnxruntime-node/cpu tells how far map, gate and product of each block are off",
  },
);

async function readSubject(flags: NumericsFlags): Promise<Subject> {
  const { network: named, model, lowering = "conv1x1" } = flags;
  if (model !== undefined) return readModel(flags, model);
  if (named === undefined) {
    throw new InputError("neither a network nor a model is named", {
      remedy: "give --network se-resnet50, or --model FILE.onnx",
    });
  }
  const member = await openMember(named, readMemberChoice(flags));
  for (const note of member.notes) say(`weights: ${note}`);
  const { images, dataset } = await readImages(flags, member);
  const { network, origin } = member;
  const weights = describeOrigin(origin);
  return { member, images, network: network.name, lowering, weights, dataset };
}

/** @throws InputError where the file is not imported, or a flag is for networks alone */
async function readModel(flags: NumericsFlags, path: string): Promise<Subject> {
  const { network, lowering, weights, size, layout, data, labels, split } = flags;
  const others = { network, lowering, weights, size, layout, data, labels, split };
  const extra = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (extra !== undefined) {
    throw new InputError(`--${extra} is not for --model: a file has its own sizes and weights`, {
      remedy:
        extra === "data" ? "give --images FOLDER or --inputs FILE instead" : `leave --${extra} out`,
    });
  }
  const { input, inputs, images, preprocessing, mean, std, resize, interpolation } = flags;
  const given = { input, inputs, images, preprocessing, mean, std, resize, interpolation };
  const asked = Object.entries(given).filter(([, value]) => value !== undefined);
  const request = readModelRequest({ model: [path], ...Object.fromEntries(asked) });
  await using fed = await feedModels(request, defaultSeed, say);
  const [opened] = fed.models;
  const imported = await importFed(opened!);
  return {
    member: imported,
    images: imported.images,
    titles: imported.titles,
    network: opened!.model.name,
    lowering: "conv1x1",
    weights: "of the file",
    dataset: opened!.given.source,
  };
}

function isSafe({ blocks, logits }: HalfStudy): boolean {
  const right = blocks.every(({ orders }) =>
    Object.values(orders).every(({ verdict }) => verdict === "right"),
  );
  return right && logits.every(({ pass }) => pass);
}

/** The first images of a folder, or of those that ship for the network's size. */
async function readImages(
  flags: NumericsFlags,
  { network, origin }: Awaited<ReturnType<typeof openMember>>,
): Promise<{ readonly images: Tensor; readonly dataset: string }> {
  const imageSize = inputShape(network)[1];
  if (flags.data !== undefined) {
    const classifier = { name: network.name, classes: classesOf(network), size: imageSize, origin };
    const opened = await openAsked(flags, classifier);
    const count = flags.images === undefined ? Math.min(usualImages, opened.count) : opened.count;
    const { images } = await opened.dataset.read(0, count);
    return { images, dataset: opened.dataset.name };
  }
  const count =
    flags.images === undefined
      ? usualImages
      : readNumber("--images", flags.images, { from: 1, to: 1000 });
  const dataset = datasetOf(imageSize);
  return { images: await imagesOf({ images: { dataset, count }, imageSize }), dataset };
}
