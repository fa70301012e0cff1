import { mcNemar, wilsonInterval } from "@sebench/measure";
import type { ModelDescription } from "@sebench/pairs";
import type { ExcitationsRecord, GateReplacement } from "@sebench/results";
import type { Excitation } from "@sebench/spec";

/**
 * The values of a gate that answers the same for every image, by the name of the gate's node, or
 * null where no gate is fixed.
 */
export type FixedGate = Readonly<Record<string, Float32Array>> | null;

/**
 * The fixed gates of each network that is asked: none for the untouched network, and then for each
 * excitation its gate at its mean, and at 1.
 *
 * @param means the means of all gates `[channels]`, one gate after the other
 */
export function fixedGatesOf(excitations: readonly Excitation[], means: Float64Array): FixedGate[] {
  let from = 0;
  const fixed = excitations.flatMap(({ gate, channels }) => {
    const mean = Float32Array.from(means.subarray(from, from + channels));
    from += channels;
    return [{ [gate.name]: mean }, { [gate.name]: new Float32Array(channels).fill(1) }];
  });
  return [null, ...fixed];
}

export function modelOf(pair: ModelDescription["pair"], fixed: FixedGate): ModelDescription {
  return { pair, member: "se", output: "logits", fixedGates: fixed ?? {} };
}

/**
 * The bytes of weights that one job may hold. Its process takes some four times as much: the file,
 * the weights, the engine's form of them, and its session.
 */
const weightsAtOnce = 2 ** 29;

/**
 * Splits models into the fewest jobs whose weights a process can hold.
 *
 * @param parameters the number of parameters of one model
 */
export function inJobs<Model>(models: readonly Model[], parameters: number): Model[][] {
  const atOnce = Math.max(1, Math.floor(weightsAtOnce / (4 * parameters)));
  const jobs: Model[][] = [];
  for (let from = 0; from < models.length; from += atOnce) {
    jobs.push(models.slice(from, from + atOnce));
  }
  return jobs;
}

type Classes = Int32Array;

/** @param top the class that the network gives to each image */
export function accuracyOf(top: Classes, labels: Classes): ExcitationsRecord["untouched"] {
  const correct = labels.reduce((sum, label, image) => sum + Number(top[image] === label), 0);
  const interval = wilsonInterval(correct, labels.length);
  return { correct, top1: correct / labels.length, interval };
}

/** Compares a changed network with the untouched one, on the same images. */
export function compareReplacement(
  changed: Classes,
  untouched: Classes,
  labels: Classes,
): GateReplacement {
  const countOnly = (one: Classes, other: Classes) =>
    labels.filter((label, image) => one[image] === label && other[image] !== label).length;
  const onlyChanged = countOnly(changed, untouched);
  const onlyUntouched = countOnly(untouched, changed);
  const p = mcNemar(onlyChanged, onlyUntouched);
  return { ...accuracyOf(changed, labels), onlyChanged, onlyUntouched, p };
}
