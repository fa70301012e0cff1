import { readNumber } from "@sebench/cli";
import { type MemberChoice, seededWord } from "@sebench/pairs";
import { InputError } from "@sebench/spec";

/** The flags that say which weights one network has, as the command line gives them. */
export interface MemberFlags {
  readonly weights?: string;
  readonly weightsPrefix?: string;
  readonly layout?: string;
  readonly size?: string;
  readonly seed: string;
}

/** The checked flags of one network's weights and size. */
export function readMemberChoice(flags: MemberFlags): MemberChoice {
  return {
    layout: flags.layout ?? null,
    weights: readWeights(flags),
    seed: readNumber("--seed", flags.seed, { from: 0, to: 2 ** 32 - 1 }),
    imageSize:
      flags.size === undefined ? null : readNumber("--size", flags.size, { from: 1, to: 4096 }),
  };
}

/** The weights that the flags ask for; without flags, those that `bench run` takes. */
function readWeights({ weights, weightsPrefix }: MemberFlags): MemberChoice["weights"] {
  if (weights !== undefined && weights !== seededWord) {
    return { kind: "file", path: weights, prefix: weightsPrefix ?? null };
  }
  if (weightsPrefix === undefined) return { kind: weights === undefined ? "shipped" : "seeded" };
  throw new InputError("--weights-prefix is given, and --weights is no file", {
    remedy: "give the file whose keys have the prefix as --weights",
  });
}
