import {
  buildNetwork,
  elementCount,
  formatNetworkName,
  modelNames,
  type Network,
  parametersOf,
  parseNetworkName,
  rowOf,
  seNameOf,
  withLayout,
} from "@sebench/spec";
import type { SafetensorsFile } from "../safetensors/stored-tensor.ts";
import { toldKey } from "../safetensors/told.ts";
import { gateLayersIn } from "./se-spelling.ts";

/** Describes the network that a file's keys are of, for a person who gave the wrong file. */
export function describeKeys(keys: readonly string[]): string {
  const blocks = blocksOf(keys);
  if (blocks.length > 0) {
    const kind = keys.some((key) => key.startsWith("layer1.0.conv3.")) ? "bottleneck" : "basic";
    return `its keys are those of a ResNet of ${blocks.join(" + ")} ${kind} blocks ${seOf(keys)}`;
  }
  if (keys.length === 0) return "it holds no tensor";
  const first = keys.slice(0, 3).map(toldKey).join(", ");
  return `its keys are ${first}${keys.length > 3 ? " and so on" : ""}`;
}

/** The networks of the table whose blocks a file's keys have, or none. */
function networksLike(keys: readonly string[]): string[] {
  const blocks = blocksOf(keys).join();
  const bottleneck = keys.some((key) => key.startsWith("layer1.0.conv3."));
  const se = gateLayersIn(keys).length > 0;
  return modelNames.flatMap((model) => {
    const row = rowOf(model);
    if (row.family !== "resnet" && row.family !== "small-resnet") return [];
    const same = (row.family === "resnet" && row.block === "bottleneck") === bottleneck;
    return same && row.blocks.join() === blocks ? [se ? seNameOf(model) : model] : [];
  });
}

/**
 * The networks whose parameters a file has, of those whose layouts have names of their own: none or
 * one. A file of a member with SE fits its plain counterpart too, which is not named then.
 */
function networksFitting(tensors: SafetensorsFile["tensors"]): string[] {
  const found = modelNames.flatMap((model) => {
    const { published, layouts } = rowOf(model);
    if (published === undefined) return [];
    return [seNameOf(model), model].filter((name) =>
      layouts.some((layout) => fits(buildNetwork(withLayout(name, layout)), tensors)),
    );
  });
  return found.slice(0, 1);
}

/** Whether a file has every layer of a network, the classifier aside, in its shape. */
function fits(network: Network, tensors: SafetensorsFile["tensors"]): boolean {
  return parametersOf(network).every(({ name, shape, node }) => {
    const stored = tensors.get(name);
    if (stored === undefined) return false;
    return node === network.output || elementCount(stored.shape) === elementCount(shape);
  });
}

/** The number of blocks in `layer1`, `layer2` and so on. */
function blocksOf(keys: readonly string[]): number[] {
  const blocks = new Map<string, Set<string>>();
  for (const key of keys) {
    const [, layer, block] = /^layer([1-9])\.(\d+)\./.exec(key) ?? [];
    if (layer === undefined || block === undefined) continue;
    blocks.set(layer, (blocks.get(layer) ?? new Set()).add(block));
  }
  return [...blocks.keys()].toSorted().map((layer) => blocks.get(layer)!.size);
}

function seOf(keys: readonly string[]): string {
  const naming = ["se_module.fc1", "se.fc1"].find((each) =>
    keys.some((key) => key.includes(`.${each}.`)),
  );
  if (naming !== undefined) return `with SE, named ${naming}`;
  const [first, ...others] = gateLayersIn(keys);
  if (first === undefined) return "without SE";
  if (others.length === 1) return `with SE, named ${toldKey(first)} and ${toldKey(others[0]!)}`;
  return (
    `with SE or a module of its kind that is not read, named ${toldKey(first)}` +
    `${others.length > 0 ? " and so on" : ""} (SE has two layers in each block)`
  );
}

interface Keyed extends Pick<SafetensorsFile, "tensors"> {
  keyOf(parameter: string): string;
}

/** What a person can do about a file whose tensors do not fit a network. */
export function remedyFor(network: Network, { tensors, keyOf }: Keyed): string {
  const parameters = parametersOf(network);
  const missing = parameters.filter(({ name }) => !tensors.has(keyOf(name)));
  const biases = new Set(
    network.nodes.filter(({ role }) => role === "excite").map((node) => node.parameters.bias?.name),
  );
  if (missing.length > 0 && missing.every(({ name }) => biases.has(name))) {
    return `its SE has no biases: give --network ${withBias(network.name, false)}`;
  }
  const [stem] = parameters;
  const stored = stem && tensors.get(keyOf(stem.name))?.shape;
  if (stem && stored?.length === 4 && stem.shape.length === 4 && stored[1] !== stem.shape[1]) {
    return (
      `networks here take images of ${stem.shape[1]} channels, and this file's take ${stored[1]}` +
      (stored[1] === 1
        ? `: store ${toldKey(keyOf(stem.name))} three times along its axis 1, divided by 3, which answers grey images alike`
        : "; there is no way to run it here")
    );
  }
  const fitting = networksFitting(tensors).filter((name) => !isNamed(network, name));
  if (fitting.length > 0) return `give --network ${fitting.join()}, or the file of ${network.name}`;
  const like = networksLike([...tensors.keys()]);
  const others = like.filter((name) => !network.name.startsWith(name));
  const width = parameters.find(({ name }) => name === "layer1.0.conv2.weight");
  const otherWidth =
    width !== undefined && tensors.get(keyOf(width.name))?.shape.join() !== width.shape.join();
  if (others.length > 0 && (others.length === like.length || otherWidth)) {
    return `give --network ${others.join(" or ")}, or the file of ${network.name}`;
  }
  const reduction = reductionOf(network, { tensors, keyOf });
  if (reduction !== null)
    return `its SE reduces to 1/${reduction}: add r=${reduction} to the name's braces`;
  return (
    `give the file of ${network.name}, or another --network; where a file holds more than a network's ` +
    "weights, --weights-prefix chooses the keys that are read"
  );
}

/** Whether a network has a name, whatever its options. */
function isNamed({ name }: Network, other: string): boolean {
  return name.split("{")[0] === other;
}

function withBias(name: string, bias: boolean): string {
  const parsed = parseNetworkName(name);
  return formatNetworkName({ ...parsed, se: parsed.se && { ...parsed.se, bias } });
}

/** The reduction of the first SE block in a file where it is not the network's, or null. */
function reductionOf(network: Network, { tensors, keyOf }: Keyed): number | null {
  const first = parametersOf(network).find(({ name }) => name.endsWith(".se.fc1.weight"));
  if (first === undefined) return null;
  // SE of these families reduces from other channels than those that it scales.
  if (rowOf(parseNetworkName(network.name).model).published !== undefined) return null;
  const [hidden = 0, channels = 0] = tensors.get(keyOf(first.name))?.shape ?? [];
  const reduction = channels / hidden;
  const other = channels === first.shape[1] && hidden !== first.shape[0];
  return other && Number.isInteger(reduction) ? reduction : null;
}
