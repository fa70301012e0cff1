import { halfSafety } from "@sebench/bench";
import { interruptible, readNumber, say } from "@sebench/cli";
import { oracleDirectories } from "@sebench/hosts";
import { datasetOf, describeOrigin, imagesOf, openMember } from "@sebench/pairs";
import type { HalfStudy } from "@sebench/report";
import { classesOf, inputShape, type Tensor } from "@sebench/spec";
import { type DatasetFlags, openAsked } from "../flags/dataset-flags.ts";
import { type MemberFlags, readMemberChoice } from "../flags/member-flags.ts";
import { clearProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

export interface NumericsFlags extends MemberFlags, DatasetFlags {
  readonly network: string;
  readonly lowering: string;
  readonly block?: string;
  readonly json?: boolean;
}

const interruptedCode = 130;

/** The images that are looked at where nothing says how many: the oracle takes seconds for each. */
const usualImages = 4;

/** Says what a precision makes of a network's SE on some images, and gives the exit code. */
export async function numerics(flags: NumericsFlags): Promise<number> {
  const member = await openMember(flags.network, readMemberChoice(flags));
  for (const note of member.notes) say(`weights: ${note}`);
  const { images, dataset } = await readImages(flags, member);
  const { halfText } = await import("@sebench/report");
  const { network, origin } = member;
  let study: HalfStudy | null = null;
  const interrupted = await interruptible(async (signal) => {
    const safety = await halfSafety({
      member,
      lowering: flags.lowering,
      images,
      block: flags.block ?? null,
      cacheDirectories: oracleDirectories(),
      signal,
      onProgress: (words) => say(`${network.name}: ${words}`),
    });
    study = {
      network: network.name,
      imageSize: inputShape(network)[1],
      lowering: flags.lowering,
      precision: "fp16",
      weights: describeOrigin(origin),
      dataset,
      ...safety,
    };
  });
  clearProgress();
  if (interrupted || study === null) return interruptedCode;
  console.log(flags.json ? JSON.stringify(study) : halfText(study, terminalOptions()));
  return isSafe(study) ? 0 : 1;
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
