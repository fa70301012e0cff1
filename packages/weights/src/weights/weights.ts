import {
  type Tensor,
  elementCount,
  type DeclaredParameter,
  formatShape,
  InputError,
  type Network,
  parametersOf,
  sameShape,
} from "@sebench/spec";

/** The values of every parameter of a network, by the parameter's name. */
export type Weights = ReadonlyMap<string, Tensor>;

/** The problems that a message names; more would hide what the problems have in common. */
const namedProblems = 10;

interface Wording {
  /** The words that a message has for the weights; default: "the weights". */
  readonly what?: string;
  /** The name that a message has for a parameter; default: the parameter's own. */
  readonly told?: (parameter: string) => string;
}

/**
 * Throws an `InputError` unless the weights fit the network: every parameter is
 * there and no other, each has its shape and is finite, and no running variance is
 * below zero.
 */
export function checkWeights(
  network: Network,
  weights: Weights,
  { what = "the weights", told = (parameter) => parameter }: Wording = {},
): void {
  const parameters = parametersOf(network);
  const known = new Set(parameters.map(({ name }) => name));
  const problems = [
    ...new Set(parameters.map((parameter) => problemOf(parameter, weights, told(parameter.name)))),
    ...[...weights.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `${name} is not a parameter of it`),
  ].filter((problem) => problem !== null);
  if (problems.length === 0) return;
  const named = problems.slice(0, namedProblems).join("; ");
  const more = problems.length - namedProblems;
  throw new InputError(
    `${what} do not fit ${network.name}: ${named}${more > 0 ? `; and ${more} more` : ""}`,
    { remedy: "give weights that were made for this network, in the layout that its name states" },
  );
}

function problemOf(
  { name: parameter, shape, slot }: DeclaredParameter,
  weights: Weights,
  name: string,
): string | null {
  const tensor = weights.get(parameter);
  if (tensor === undefined) return `${name} ${formatShape(shape)} is missing`;
  if (!sameShape(tensor.shape, shape)) {
    return `${name} is ${formatShape(tensor.shape)}, expected ${formatShape(shape)}`;
  }
  const { data } = tensor;
  if (data.length !== elementCount(shape)) {
    return `${name} has ${data.length} values, expected the ${elementCount(shape)} of ${formatShape(shape)}`;
  }
  const at = firstNotFinite(data);
  if (at !== -1) return `${name} holds ${data[at]} at index ${at}`;
  const negative = slot === "variance" ? data.findIndex((value) => value < 0) : -1;
  if (negative !== -1) {
    return `${name} holds ${data[negative]} at index ${negative}, and a variance is never below zero`;
  }
  return null;
}

/**
 * The index of the first value that is not finite, or -1. The loop is written out since
 * `findIndex` takes ten times as long on 60 million values.
 */
function firstNotFinite(data: Float32Array): number {
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at]!)) return at;
  return -1;
}
