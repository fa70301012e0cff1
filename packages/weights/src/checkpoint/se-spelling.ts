import type { StoredTensor } from "../safetensors/stored-tensor.ts";

/** The names that a file has for the two layers of SE in each block, such as `se.fc.0` and `se.fc.2`. */
export interface SeSpelling {
  readonly first: string;
  readonly second: string;
}

/** The layer and its part in a block's key, `layer1.0.` and `se.fc.0` of `layer1.0.se.fc.0.weight`. */
const inBlock = /^((?:layer\d+\.\d+|features\.\d+)\.)(.+)\.(?:weight|bias)$/;

/** The parts of a block that every ResNet has. */
const usual = /^(?:(?:conv|bn)\d+|downsample|shortcut)(?:$|\.)/;

/**
 * The names of the layers in a file's blocks beside convolutions and batch norms, without repeats, in
 * order of their appearance. They are of SE, or of a kindred module.
 */
export function gateLayersIn(keys: Iterable<string>): string[] {
  const names = new Set<string>();
  for (const key of keys) {
    const [, , name] = inBlock.exec(key) ?? [];
    if (name !== undefined && !usual.test(name)) names.add(name);
  }
  return [...names];
}

/**
 * The spelling of SE in a file, or null unless its blocks have exactly two further layers, of which
 * the second gives as many channels as the first takes, and takes as many as the first gives.
 */
export function seSpellingOf(tensors: ReadonlyMap<string, StoredTensor>): SeSpelling | null {
  const names = gateLayersIn(tensors.keys());
  const [one, other] = names;
  if (one === undefined || other === undefined || names.length !== 2) return null;
  let firstIsOne: boolean | null = null;
  for (const [key, { shape }] of tensors) {
    const [, block, name] = inBlock.exec(key) ?? [];
    if (block === undefined || name !== one || !key.endsWith(".weight")) continue;
    const [channels, given = 0] = [shape[0], shape[1]];
    const partner = tensors.get(`${block}${other}.weight`)?.shape;
    if (!isPointwise(shape) || partner === undefined || !isPointwise(partner)) return null;
    if (partner[0] !== given || partner[1] !== channels) return null;
    if (channels !== given) firstIsOne ??= channels! < given;
  }
  return firstIsOne === false ? { first: other, second: one } : { first: one, second: other };
}

/** Whether a shape is of a dense layer or of a convolution of one pixel. */
function isPointwise(shape: readonly number[]): boolean {
  return shape.length >= 2 && shape.slice(2).every((extent) => extent === 1);
}
