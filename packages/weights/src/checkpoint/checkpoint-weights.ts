import {
  formatShape,
  InputError,
  type Network,
  nodeOf,
  parametersOf,
  sameShape,
} from "@sebench/spec";
import { checkWeights } from "../check-weights.ts";
import type { SafetensorsFile } from "../stored-tensor.ts";
import { isFloatingPoint, isUnused, toTensor } from "../stored-weights.ts";
import type { Weights } from "../weights.ts";
import { describeKeys } from "./describe-keys.ts";
import { keyMapOf } from "./key-map.ts";
import { toldKey } from "./told-key.ts";

/** Of each kind of misfit; more would hide what they have in common. */
const namedMisfits = 3;

/**
 * The weights of a network from a file whose keys are those of any `KeyLayout`. Each parameter is
 * found, and each tensor used, once; PyTorch's counters of batches are passed over.
 *
 * Throws an `InputError` that names what does not fit, by the file's keys.
 *
 * @param source how messages name the file
 */
export function checkpointWeights(
  network: Network,
  { tensors }: SafetensorsFile,
  source: string,
): Weights {
  const { keyOf } = keyMapOf(tensors.keys());
  requireFit(network, { tensors, keyOf, source });
  const weights = new Map(
    parametersOf(network).map(({ name }) => {
      const key = keyOf(name);
      return [name, toTensor(key, tensors.get(key)!)];
    }),
  );
  checkWeights(network, weights, { what: `the values of ${source}`, told: keyOf });
  return weights;
}

/** The length of the logits that a file's classifier gives; null where it has none that fits. */
export function classesIn(network: Network, { tensors }: SafetensorsFile): number | null {
  const { weight } = nodeOf(network, network.output).parameters;
  if (weight === undefined) return null;
  const stored = tensors.get(keyMapOf(tensors.keys()).keyOf(weight.name));
  const [classes = 0, ...rest] = stored?.shape ?? [];
  return classes >= 1 && sameShape(rest, weight.shape.slice(1)) ? classes : null;
}

interface Keyed extends Pick<SafetensorsFile, "tensors"> {
  readonly source: string;
  keyOf(parameter: string): string;
}

function requireFit(network: Network, file: Keyed): void {
  const { tensors, source } = file;
  const misfits = misfitsOf(network, file);
  const told = Object.values(misfits).filter((each) => each !== null);
  if (told.length === 0) return;
  const { missing, unknown, shapes } = misfits;
  const foreign = missing !== null || unknown !== null || shapes !== null;
  const described = foreign ? `; ${describeKeys([...tensors.keys()])}` : "";
  throw new InputError(`${source} does not fit ${network.name}: ${told.join("; ")}${described}`, {
    remedy: foreign
      ? "give the network of this file, in its layout, as --network, or the file of this network"
      : "store the file with F32, F64, F16 or BF16 values",
  });
}

type Misfits = Readonly<Record<"missing" | "shapes" | "dtypes" | "unknown", string | null>>;

function misfitsOf(network: Network, { tensors, keyOf }: Keyed): Misfits {
  const parameters = parametersOf(network).map(({ name, shape }) => ({ key: keyOf(name), shape }));
  const known = new Set(parameters.map(({ key }) => key));
  const found = parameters.flatMap(({ key, shape }) => {
    const stored = tensors.get(key);
    return stored === undefined ? [] : [{ key, shape, stored }];
  });
  const missing = parameters
    .filter(({ key }) => !tensors.has(key))
    .map(({ key, shape }) => `${key} ${formatShape(shape)}`);
  const shapes = found
    .filter(({ shape, stored }) => !sameShape(shape, stored.shape))
    .map(
      ({ key, shape, stored }) =>
        `${key} is ${formatShape(stored.shape)}, expected ${formatShape(shape)}`,
    );
  const dtypes = found
    .filter(({ stored }) => !isFloatingPoint(stored.dtype))
    .map(({ key, stored }) => `${key} is ${stored.dtype}`);
  const unknown = [...tensors]
    .filter(([key]) => !known.has(key) && !isUnused(key))
    .map(([key, { shape }]) => `${toldKey(key)} ${formatShape(shape)}`);
  return {
    missing: clause(`of ${parameters.length} parameters missing`, missing),
    shapes: clause("of another shape", shapes),
    dtypes: clause("not floating point", dtypes),
    unknown: clause("too many", unknown),
  };
}

/** `15 too many: a, b, c and 12 more`; null where there are none. */
function clause(what: string, named: readonly string[]): string | null {
  if (named.length === 0) return null;
  const more = named.length - namedMisfits;
  return `${named.length} ${what}: ${named.slice(0, namedMisfits).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
