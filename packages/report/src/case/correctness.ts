import {
  type AloneCase,
  type OkCase,
  parityHolds,
  type RanCase,
  type CaseAccuracy,
  type MemberAccuracy,
  membersLosing,
} from "@sebench/results";
import {
  formatDifference,
  formatImages,
  formatP,
  formatPoints,
  formatShare,
  formatShareWithin,
} from "../text/format.ts";
import { workLabel } from "./case-label.ts";

/** The word `holds` or `FAILS`, with the tolerance where that is wider than full fp32's. */
export function parityText(record: RanCase): string {
  const word = parityHolds(record) ? "holds" : "FAILS";
  const full = record.precision === "fp32" && !record.attestation.tf32;
  return full ? word : `${word} (to ${formatDifference(record.parity.tolerance)})`;
}

type Label = (record: OkCase) => string;
type Member = "plain" | "se";

/** A case that was asked about labelled images. */
export interface LabelledCase {
  readonly record: OkCase;
  readonly accuracy: CaseAccuracy;
}

export function labelledCases(records: readonly OkCase[]): LabelledCase[] {
  return records.flatMap((record) =>
    record.accuracy === null ? [] : [{ record, accuracy: record.accuracy }],
  );
}

const names: Readonly<Record<Member, string>> = { plain: "plain", se: "SE" };

/** The columns of the table of accuracies. Two figures in a cell are of plain and of SE. */
export const accuracyColumns = [
  { title: "Case", align: "left" },
  { title: "Images", align: "right" },
  { title: "Plain, top 1", align: "right" },
  { title: "SE, top 1", align: "right" },
  { title: "The oracle's class", align: "right" },
  { title: "Against the oracle", align: "left" },
  { title: "SE against plain", align: "left" },
] as const;

/** A row under `accuracyColumns`, without the first cell, which names the case. */
export function accuracyCells({ accuracy }: LabelledCase): string[] {
  const { images, plain, se } = accuracy;
  return [
    formatImages(images),
    formatShareWithin(plain.top1, plain.interval),
    formatShareWithin(se.top1, se.interval),
    `${agreementText(plain, images)}, ${agreementText(se, images)}`,
    againstOracle(accuracy),
    seAgainstPlain(accuracy),
  ];
}

/** The name of a case with its work: `onnxruntime-node/cpu: se-resnet20, 32 px, batch 1`. */
export function accuracyPlace({ record }: LabelledCase, label: Label): string {
  return `${label(record)}: ${workLabel(record)}`;
}

/** The number of images whose largest logit is of the oracle's class: `998 of 1,000`. */
export function agreementText({ oracle }: MemberAccuracy, images: number): string {
  return oracle.agreeing === images
    ? "all"
    : `${formatImages(oracle.agreeing)} of ${formatImages(images)}`;
}

/**
 * The members that are right on other images than the oracle, and McNemar's p, which says whether
 * that is chance.
 */
export function againstOracle(accuracy: CaseAccuracy): string {
  const losing = membersLosing(accuracy);
  const differing = (["plain", "se"] as const).flatMap((member) => {
    const { onlyHere, onlyOracle, p } = accuracy[member].oracle;
    if (onlyHere + onlyOracle === 0) return [];
    const verdict = losing.includes(member) ? ": ACCURACY LOST" : "";
    return [`${names[member]} ${onlyHere} won, ${onlyOracle} lost, ${formatP(p)}${verdict}`];
  });
  return differing.length === 0 ? "right on the same images" : differing.join("; ");
}

/** A p value below which the members are told apart. */
const toldApartBelow = 0.05;

/**
 * The text that says whether SE is right more often than plain: `SE gains 1.2 points here, p =
 * 0.03`.
 */
export function seAgainstPlain({ images, plain, se, seAgainstPlain: test }: CaseAccuracy): string {
  if (test.p >= toldApartBelow) {
    return `these ${formatImages(images)} images cannot tell SE and plain apart, ${formatP(test.p)}`;
  }
  const gained = se.top1 - plain.top1;
  return `SE ${gained > 0 ? "gains" : "loses"} ${formatPoints(Math.abs(gained))} here, ${formatP(test.p)}`;
}

/**
 * The sentences that labelled images give for the cases of one work: one about SE, by the case
 * with the most images of those that lost no accuracy, and one for each loss. There are none where
 * no case was asked.
 */
export function accuracySentences(records: readonly OkCase[], label: Label): string[] {
  const labelled = labelledCases(records);
  const kept = labelled.filter(({ accuracy }) => membersLosing(accuracy).length === 0);
  const [most] = kept.toSorted((a, b) => b.accuracy.images - a.accuracy.images);
  return [
    ...(most === undefined ? [] : [shareSentence(most, label)]),
    ...labelled.flatMap((each) => lossSentences(each, label)),
  ];
}

function shareSentence({ record, accuracy }: LabelledCase, label: Label): string {
  const { plain, se, images, dataset } = accuracy;
  const shares = `${formatShare(plain.top1)} plain and ${formatShare(se.top1)} with SE`;
  return `On ${label(record)}, top-1 on the first ${formatImages(images)} test images of ${dataset} is ${shares}: ${seAgainstPlain(accuracy)}.`;
}

/** A sentence for each member whose accuracy the runtime has lost. */
export function lossSentences({ record, accuracy }: LabelledCase, label: Label): string[] {
  return membersLosing(accuracy).map((member) => {
    const { correct, oracle } = accuracy[member];
    const fewer = formatImages(oracle.onlyOracle - oracle.onlyHere);
    const right = `${formatImages(correct)} of ${formatImages(accuracy.images)}`;
    return `Accuracy is lost on ${label(record)}: ${names[member]} has ${right} images right, ${fewer} fewer than the oracle, ${formatP(oracle.p)}.`;
  });
}

/**
 * The text that follows a case's parity, with a separator; it is empty where the case was not
 * asked about labelled images.
 */
export function accuracyNote({ accuracy }: OkCase): string {
  if (accuracy === null) return "";
  const { plain, se, images } = accuracy;
  const losing = membersLosing(accuracy).map((member) => names[member]);
  const lost = losing.length === 0 ? "" : `, ACCURACY LOST (${losing.join(", ")})`;
  return `; top-1 ${formatShare(plain.top1)} plain, ${formatShare(se.top1)} SE on ${formatImages(images)} images${lost}`;
}

/** What a case's outputs were held against, in words. */
export function referenceText({ reference }: Pick<RanCase | AloneCase, "reference">): string {
  switch (reference) {
    case undefined:
      return "the float64 oracle";
    case "file, not optimised":
      return "the untouched file on onnxruntime-node/cpu without optimisation";
    case "file as ONNX, not optimised":
      return "the file's operators as ONNX on onnxruntime-node/cpu without optimisation";
    case "file, tfjs in plain JavaScript":
      return "the file on tfjs's own backend in plain JavaScript, in Node";
  }
}
