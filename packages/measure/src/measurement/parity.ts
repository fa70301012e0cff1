import { type Attestation, arrayOf, type NamedTensor, type Precision } from "@sebench/runtime";
import { formatShape, sameShape } from "@sebench/spec";
import { halfOf } from "@sebench/weights";
import type { MemberProof } from "./measurement.ts";

/** The relative difference of logits up to which parity holds, by precision. */
const tolerances: Readonly<Record<Precision, number>> = {
  fp32: 1e-4,
  fp16: 1e-2,
  int8: 1e-1,
};

/** The tolerance of fp32 where NVIDIA's libraries may round factors to 10 bits of mantissa. */
const tf32Tolerance = 1e-2;

/** The relative difference of logits up to which parity holds on what was attested. */
export function toleranceFor(precision: Precision, { tf32 }: Pick<Attestation, "tf32">): number {
  return tf32 ? Math.max(tf32Tolerance, tolerances[precision]) : tolerances[precision];
}

/** The agreement of a runtime's logits with the oracle's. */
export interface Parity {
  /** The largest absolute difference of a logit. */
  readonly maxAbs: number;
  /**
   * The largest quotient, over the images, of the largest difference and the oracle's largest
   * absolute logit.
   */
  readonly relative: number;
  /** The fraction of the images whose largest logit is of the same class as the oracle's. */
  readonly top1Agreement: number;
  readonly images: number;
  /** The `relative` up to which parity holds. */
  readonly tolerance: number;
  readonly pass: boolean;
}

/**
 * Compares logits, row-major `[images, classes]`. Parity holds where every value is finite,
 * `relative` is within the tolerance, and every image has the oracle's top class.
 */
export function compareLogits(
  actual: ArrayLike<number>,
  oracle: ArrayLike<number>,
  options: { readonly classes: number; readonly tolerance: number },
): Parity {
  const { classes, tolerance } = options;
  const images = oracle.length / classes;
  if (actual.length !== oracle.length) {
    throw new Error(`the runtime gave ${actual.length} logits where ${oracle.length} were due`);
  }
  let maxAbs = 0;
  let relative = 0;
  let agreeing = 0;
  for (let image = 0; image < images; image++) {
    const row = compareImage(actual, oracle, image * classes, classes);
    maxAbs = larger(maxAbs, row.maxAbs);
    relative = larger(relative, row.maxAbs / row.scale);
    if (row.sameTop) agreeing += 1;
  }
  const top1Agreement = agreeing / images;
  // The comparison is written so that NaN fails.
  const pass = relative <= tolerance && top1Agreement === 1;
  return { maxAbs, relative, top1Agreement, images, tolerance, pass };
}

function compareImage(
  actual: ArrayLike<number>,
  oracle: ArrayLike<number>,
  start: number,
  classes: number,
) {
  let maxAbs = 0;
  let scale = 0;
  let topActual = start;
  let topOracle = start;
  for (let index = start; index < start + classes; index++) {
    maxAbs = larger(maxAbs, Math.abs(actual[index]! - oracle[index]!));
    scale = larger(scale, Math.abs(oracle[index]!));
    if (actual[index]! > actual[topActual]!) topActual = index;
    if (oracle[index]! > oracle[topOracle]!) topOracle = index;
  }
  // No comparison finds a NaN to be larger.
  return { maxAbs, scale, sameTop: topActual === topOracle && !Number.isNaN(maxAbs) };
}

/** The larger of two numbers, or NaN if either is NaN, which a comparison would lose. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || a > b ? a : b;
}

/** The parity of a member as a record holds it: what is no finite number is null. */
export interface MemberParity extends Omit<Parity, "maxAbs" | "relative" | "tolerance"> {
  readonly maxAbs: number | null;
  readonly relative: number | null;
}

/** Compares logits as `compareLogits` does, for a record. */
export function memberParity(...compared: Parameters<typeof compareLogits>): MemberParity {
  const { maxAbs, relative, top1Agreement, images, pass } = compareLogits(...compared);
  return { maxAbs: finite(maxAbs), relative: finite(relative), top1Agreement, images, pass };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** What a member gave: the outputs of a file, or the logits of the network that was made of it. */
export type Answers = Pick<MemberProof, "logits" | "outputs">;

/** The outputs of each run that are right. */
export type RightOutputs = readonly (readonly NamedTensor[])[];

/**
 * Compares what a member gave with the outputs that are right. Floats may differ by the tolerance,
 * relative to the largest right value of their output in all runs; integers must be equal. A map in
 * which one run finds nothing has values near 0 there, whose own rounding is no smaller than they are.
 *
 * @param bounded The outputs of functions into 0..1, such as Sigmoid, which float32 rounds at 1 however
 *   small they are: their largest value counts as `leastScale` at least.
 * @throws Error where the outputs are others, or have other shapes
 */
export function compareOutputs(
  answers: Answers,
  right: RightOutputs,
  tolerance: number,
  bounded: ReadonlySet<string> = new Set(),
): MemberParity {
  const given = answers.outputs ?? logitsByRun(answers.logits, right);
  if (given.length !== right.length) {
    throw new Error(`${given.length} runs were answered, and ${right.length} were due`);
  }
  let [maxAbs, relative, equalRuns] = [0, 0, 0];
  const scales = scalesOf(right);
  for (const [run, outputs] of right.entries()) {
    let isEqual = true;
    for (const [index, expected] of outputs.entries()) {
      const own = given[run]![index];
      requireAlike(own, expected);
      if (isWhole(expected)) {
        isEqual &&= expected.data.every((value, at) => value === own.data[at]);
        continue;
      }
      const difference = compareFloats(
        floatsOf(own),
        floatsOf(expected),
        Math.max(scales.get(expected.name)!, bounded.has(expected.name) ? leastScale : 0),
      );
      maxAbs = larger(maxAbs, difference.maxAbs);
      relative = larger(relative, difference.relative);
    }
    if (isEqual) equalRuns += 1;
  }
  const top1Agreement = equalRuns / right.length;
  return {
    maxAbs: finite(maxAbs),
    relative: finite(relative),
    top1Agreement,
    images: right.length,
    // The comparison is written so that NaN fails.
    pass: relative <= tolerance && top1Agreement === 1,
  };
}

/** The value of which 1e-4 is four roundings of float32 at 1. */
const leastScale = (4 * 2 ** -23) / 1e-4;

function requireAlike(
  own: NamedTensor | undefined,
  expected: NamedTensor,
): asserts own is NamedTensor {
  const { name, type, shape } = expected;
  if (own === undefined) throw new Error(`there is no output ${name}`);
  const isSame = sameShape(own.shape, shape) && isWhole(own) === isWhole(expected);
  if (isSame) return;
  throw new Error(
    `the output ${name} is ${own.type} ${formatShape(own.shape)}, and ${type} ${formatShape(shape)} was due`,
  );
}

/** The logits of an imported network as the outputs of its file, run by run. */
function logitsByRun(logits: Float32Array, right: RightOutputs): NamedTensor[][] {
  let end = 0;
  return right.map(([expected]) => {
    const start = end;
    end += expected!.data.length;
    const { name, shape } = expected!;
    return [{ name, type: "float32", shape, data: logits.slice(start, end) }];
  });
}

const floats: ReadonlySet<string> = new Set(["float16", "float32", "float64"]);

const isWhole = ({ type }: NamedTensor) => !floats.has(type);

/** The values of an output of floats. */
function floatsOf({ type, data }: NamedTensor): Float32Array | Float64Array {
  if (type === "float16") return Float32Array.from(data as Uint16Array, halfOf);
  return data as InstanceType<(typeof arrayOf)["float32" | "float64"]>;
}

/** The largest finite value of each output of floats in all runs, by its name. */
function scalesOf(right: RightOutputs): ReadonlyMap<string, number> {
  const scales = new Map<string, number>();
  for (const output of right.flat()) {
    const known = scales.get(output.name) ?? 0;
    if (!isWhole(output)) scales.set(output.name, Math.max(known, largestOf(floatsOf(output))));
  }
  return scales;
}

function largestOf(values: Float32Array | Float64Array): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

function compareFloats(own: ArrayLike<number>, expected: ArrayLike<number>, scale: number) {
  let maxAbs = 0;
  for (let at = 0; at < expected.length; at++) {
    const [one, other] = [own[at]!, expected[at]!];
    // Two infinities of a sign are equal, and so is what is no number on both sides.
    const isSame = Object.is(one, other) || one === other;
    maxAbs = larger(maxAbs, isSame ? 0 : Math.abs(one - other));
  }
  return { maxAbs, relative: maxAbs === 0 ? 0 : maxAbs / scale };
}

/** The change of an output from run to run, relative to its largest value, below which it hardly moves. */
const hardly = 1e-3;

/** The outputs of floats that hardly move from one run to another, so that their parity shows little. */
export function stillOutputs(right: RightOutputs): string[] {
  const [first, ...others] = right;
  if (first === undefined || others.length === 0) return [];
  return first.flatMap((output, index) => {
    if (isWhole(output)) return [];
    const base = floatsOf(output);
    const moves = others.map((run) => {
      const own = floatsOf(run[index]!);
      return own.length === base.length
        ? compareFloats(own, base, largestOf(base)).relative
        : Infinity;
    });
    return moves.every((move) => move < hardly) ? [output.name] : [];
  });
}
