import { defaultLowering, lower, type LoweredNetwork } from "@sebench/lowering";
import { runtimes } from "@sebench/hosts/runtimes";
import { requireLowering } from "@sebench/bench";
import type { Device, Host, Precision, RuntimeId } from "@sebench/runtime";
import {
  buildNetwork,
  countMacs,
  countParameters,
  modelNames,
  rowOf,
  seNameOf,
} from "@sebench/spec";
import { seededWeights } from "@sebench/weights";

/** A runtime that sebench measures, whether this machine has it or not. */
export interface RuntimeEntry {
  /** The engine and the device: `onnxruntime-node/cpu`. */
  readonly id: RuntimeId;
  readonly device: Device;
  /** What can execute its JavaScript: `node`, `chromium`. The first is the default. */
  readonly hosts: readonly Host[];
  readonly precisions: readonly Precision[];
  /** What the runtime needs beyond its npm package, in words for people. */
  readonly requires: Readonly<Record<string, string>>;
}

/** Lists every runtime that sebench measures. No engine is loaded. */
export function listRuntimes(): RuntimeEntry[] {
  return runtimes.map(({ id, device, hosts, precisions, requires }) => ({
    id,
    device,
    hosts,
    precisions,
    requires,
  }));
}

/** A network of the model table. */
export interface NetworkEntry {
  /** The name with SE: `se-resnet50`. Options of SE go into braces behind it. */
  readonly name: string;
  /** The name of the counterpart without SE: `resnet50`. */
  readonly plain: string;
  /** The parameters of the network with SE. */
  readonly parameters: number;
  /** The multiply-accumulates for one image with SE. */
  readonly macs: number;
  /** The side of an image, in pixels. */
  readonly imageSize: number;
  /** The publication that describes the plain network. */
  readonly source: string;
}

/** Lists every pair of networks: each with SE, and the name of its plain counterpart. */
export function listNetworks(): NetworkEntry[] {
  return modelNames.map((plain) => {
    const name = seNameOf(plain);
    const network = buildNetwork(name);
    const { imageSize, source } = rowOf(plain);
    const [parameters, macs] = [countParameters(network), countMacs(network)];
    return { name, plain, parameters, macs, imageSize, source };
  });
}

export interface LowerOptions {
  /** The side of an image in pixels; the network's own by default. */
  readonly imageSize?: number;
  /** The images in one run, on which some rewrites depend; 1 by default. */
  readonly batch?: number;
  /** The seed of the weights; 1 by default. */
  readonly seed?: number;
}

/**
 * Builds a network and writes its SE as operators in the way that a lowering names.
 *
 * @param name A network of the table, with options of SE in braces: `se-resnet50{r=8}`.
 * @param lowering A recipe, such as `conv1x1` or `squeeze-fold+gate-resize`; the naive form by default.
 * @returns The graph, in topological order, and weights from the seed, which have learned nothing;
 *   `exportNetwork` takes trained ones where they ship.
 * @throws InputError if the name or the recipe cannot be read, or does not apply.
 */
export function lowerNetwork(
  name: string,
  lowering?: string,
  { imageSize, batch = 1, seed = 1 }: LowerOptions = {},
): LoweredNetwork {
  const network = buildNetwork(name, imageSize === undefined ? {} : { imageSize });
  const recipe = lowering === undefined ? defaultLowering(network) : requireLowering(lowering);
  return lower(network, seededWeights(network, seed), recipe, { batch });
}
