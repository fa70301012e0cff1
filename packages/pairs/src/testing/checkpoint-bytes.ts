import { buildNetwork } from "@sebench/spec";
import { fromWeights, seededWeights, type StoredTensor, writeSafetensors } from "@sebench/weights";

type Tensors = ReadonlyMap<string, StoredTensor>;

/**
 * A safetensors file of a network's seeded weights.
 *
 * @param change renames, leaves out or adds tensors
 */
export function checkpointBytes(
  name: string,
  {
    classes,
    change = (tensors) => tensors,
  }: { readonly classes?: number; readonly change?: (tensors: Tensors) => Tensors } = {},
): Uint8Array {
  const network = buildNetwork(name, classes === undefined ? {} : { classes });
  return writeSafetensors(change(fromWeights(seededWeights(network, 7))));
}

/** Renames torchvision's keys to those of Cadene and of timm's `legacy_*` models. */
export function legacyKeys(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([key, tensor]) => [legacyKey(key), tensor]));
}

function legacyKey(key: string): string {
  if (/^(conv|bn)1\./.test(key)) return `layer0.${key}`;
  return key.replace(".se.", ".se_module.").replace(/^fc\./, "last_linear.");
}
