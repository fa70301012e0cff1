import { parityHolds, ran, type RanCase, type RunRecord } from "@sebench/results";
import { shellQuoted } from "@sebench/spec";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { formatDifference, formatShare } from "../text/format.ts";
import { operatorSentence } from "./bisection-text.ts";

/** A case whose output is wrong. */
export interface WrongOutput {
  /** How far it is off, and the likely cause, in a sentence. */
  readonly sentence: string;
  /** The command that finds the operator, or null of a model's file that is not imported. */
  readonly command: string | null;
}

/** The cases of a run whose output is wrong. */
export function wrongOutputs(run: RunRecord): WrongOutput[] {
  const label = caseLabels(run.cases);
  return run.cases
    .filter(ran)
    .filter((record) => !parityHolds(record))
    .map((record) => ({
      sentence: `${label(record)} for ${workLabel(record)}: ${likelyCause(record)}.${operatorOf(record)}`,
      command: record.weights.kind === "model" ? modelCommand(record) : bisectCommand(record),
    }));
}

/** The operator that is off, where the run found it. */
function operatorOf({ parity: { wrong } }: RanCase): string {
  if (wrong === undefined) return "";
  const by = `its values are off by ${formatDifference(wrong.error)}`;
  return ` ${wrong.member === "se" ? "With SE" : "Without SE"}, ${operatorSentence(wrong).slice(0, -1)}; ${by}.`;
}

/** What members are called, of which the plain one, the one with SE or both are off. */
const membersOff = {
  network: {
    se: "SE alone is off",
    plain: "the plain network alone is off",
    both: "both networks are off",
  },
  // A twin is held to a wider tolerance, so one that passes does not lay the blame on SE.
  model: {
    se: "the file is off",
    plain: "the file's twin without SE alone is off",
    both: "the file and its twin without SE are off",
  },
} as const;

/** What is off, and the likely cause by the precision and by which of the members is off. */
function likelyCause({ precision, parity, weights }: RanCase): string {
  const { plain, se, tolerance } = parity;
  const isModel = weights.kind === "model";
  const off = plain.pass ? "se" : se.pass ? "plain" : "both";
  const which = membersOff[isModel ? "model" : "network"][off];
  const worst = plain.pass ? se : plain;
  if (worst.relative === null) {
    return `${which}, with values that are no finite numbers: ${notFinite[precision]}`;
  }
  if (worst.relative <= tolerance) {
    return `${which}: the top class differs on ${formatShare(1 - worst.top1Agreement)} of the images, though the logits are within the tolerance: two classes are closer than the rounding`;
  }
  const by = `by ${formatDifference(worst.relative)} of the largest logit`;
  return `${which}, ${by}: ${plain.pass && !isModel ? ofSe[precision] : ofBoth[precision]}`;
}

type ByPrecision = Readonly<Record<RanCase["precision"], string>>;

const notFinite: ByPrecision = {
  fp32: "an operator gives infinity or NaN",
  fp16: "a value, or the sum of a squeeze, has passed 65,504 (see bench numerics)",
  int8: "a scale is zero or not finite",
};

const ofSe: ByPrecision = {
  fp32: "an operator of SE is computed wrongly",
  fp16: "the sum of a squeeze may have passed 65,504 or stopped growing (see bench numerics)",
  int8: "a gate or its product has too coarse a scale (keep SE in fp32 with --int8-keep se to see)",
};

const ofBoth: ByPrecision = {
  fp32: "an operator is computed wrongly",
  fp16: "values round too coarsely, or an operator is computed wrongly",
  int8: "eight bits are too few for the activations",
};

/** The command for a model's file, which is imported where the oracle said what is right. */
function modelCommand({ runtime, host, parity, lowering, reference }: RanCase): string | null {
  if (reference !== undefined || lowering !== "as-is" || parity.se.pass) return null;
  return `pnpm bench bisect --model FILE --runtime ${runtime} --host ${host}`;
}

/** The command that finds the operator at which a case goes wrong. */
function bisectCommand(record: RanCase): string {
  const { runtime, host, network, plain, imageSize, batch, precision, lowering, parity } = record;
  const name = parity.se.pass ? plain : network;
  const flags = [
    `--network ${shellQuoted(name)}`,
    `--runtime ${runtime}`,
    `--host ${host}`,
    `--size ${imageSize}`,
    `--batch ${batch}`,
    ...(precision === "fp32" ? [] : [`--precision ${precision}`]),
    ...(lowering === "gemm" ? [] : [`--lowering ${shellQuoted(lowering)}`]),
    ...(record.weights.kind === "checkpoint" ? ["--weights FILE"] : []),
  ];
  return `pnpm bench bisect ${flags.join(" ")}`;
}
