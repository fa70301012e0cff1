import type { WeightsFile, WeightsOrigin } from "./case-record.ts";

/** The number of hexadecimal digits of a hash that reports show. */
const digits = 16;

/**
 * Whether weights are the same: weights of one seed, trained weights with the same
 * values, or weights of files with the same bytes, whatever their names.
 */
export function sameWeights(one: WeightsOrigin, other: WeightsOrigin): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf(origin: WeightsOrigin): string {
  switch (origin.kind) {
    case "seeded":
      return `seeded ${origin.seed}`;
    case "trained":
      return `trained ${origin.hash.se} ${origin.hash.plain}`;
    case "checkpoint":
      return `checkpoint ${origin.files.se.sha256} ${origin.files.plain?.sha256}`;
  }
}

/** The origin of weights, in words. */
export function describeWeights(origin: WeightsOrigin): string {
  switch (origin.kind) {
    case "seeded":
      return `seeded with ${origin.seed}`;
    case "trained": {
      const { dataset, hash } = origin;
      return `trained on ${dataset} (SHA-256 SE ${hash.se.slice(0, digits)}, plain ${hash.plain.slice(0, digits)})`;
    }
    case "checkpoint": {
      const { se, plain } = origin.files;
      if (plain === null) return `SE and plain of ${describeFile(se)}`;
      return `SE of ${describeFile(se)}, plain of ${describeFile(plain)}`;
    }
  }
}

const keysOf: Readonly<Record<WeightsFile["keys"], string>> = {
  legacy: "legacy keys",
  timm: "timm's keys",
  plain: "keys without SE",
};

function describeFile({ name, keys, sha256 }: WeightsFile): string {
  return `${name} (${keysOf[keys]}, SHA-256 ${sha256.slice(0, digits)})`;
}
