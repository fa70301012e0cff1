import { type AskedWeights, seededWord, seName } from "@sebench/pairs";
import { InputError, parseNetworkName } from "@sebench/spec";

/** The flags that name files of weights. */
export interface CheckpointFlags {
  readonly weights?: string;
  readonly plainWeights?: string;
}

/** Throws an `InputError` unless the files are of one pair. */
export function readAskedWeights(
  { weights, plainWeights }: CheckpointFlags,
  networks: readonly string[] | null,
): AskedWeights {
  const file = weights === seededWord ? undefined : weights;
  if (file === undefined) {
    if (plainWeights === undefined) return { kind: weights === undefined ? "shipped" : "seeded" };
    throw new InputError("--plain-weights is given, and --weights is no file", {
      remedy: "give the file of the member with SE as --weights: a pair needs it",
    });
  }
  const [network, ...others] = networks ?? [];
  if (network === undefined || others.length > 0) {
    throw new InputError(
      `--weights is the file of one network, and ${others.length + (network === undefined ? 0 : 1)} are named`,
      { remedy: "give exactly one --network, such as --network se-resnet50" },
    );
  }
  if (parseNetworkName(network).se === null) {
    throw new InputError(`--weights is the file of the member with SE, and ${network} has none`, {
      remedy: `give --network ${seName(network)}, the file of it as --weights, and that of ${network} as --plain-weights`,
    });
  }
  return { kind: "files", paths: { se: file, plain: plainWeights ?? null } };
}
