import { InputError, parseNetworkName } from "@sebench/spec";
import { seName } from "./plan.ts";

/** The flags that name files of weights. */
export interface CheckpointFlags {
  readonly weights?: string;
  readonly plainWeights?: string;
}

/** Files of published weights, as they were given. */
export interface CheckpointPaths {
  /** Of the member with SE. */
  readonly se: string;
  /** Null where the plain member has the tensors that both have. */
  readonly plain: string | null;
}

/** Which weights are asked for. */
export type AskedWeights =
  /** Trained ones of the pairs for which they ship, and seeded ones of the others. */
  | { readonly kind: "shipped" }
  | { readonly kind: "seeded" }
  | { readonly kind: "files"; readonly paths: CheckpointPaths };

/** What `--weights` takes instead of a file; a file of that name is `./seeded`. */
export const seededWord = "seeded";

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
