import { z } from "zod";
import { count, ofBoth, words } from "../record/quantity.ts";

/** The hash of each member's weights: SHA-256 in hexadecimal. */
const weightsHash = ofBoth(words);

const seededOrigin = z.strictObject({ kind: z.literal("seeded"), seed: count });

const weightsFile = z.strictObject({
  /** The name of the file, without its folders. */
  name: words,
  /**
   * The kind of the keys: those of Cadene and timm's `legacy_*`, those of timm with SE, or
   * neither.
   */
  keys: z.enum(["legacy", "timm", "torchvision", "plain"]),
  /** The prefixes of the keys that were read, where a person chose them out of several. */
  prefix: words.optional(),
  /** The SHA-256 of the file, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256"),
});
export type WeightsFile = z.infer<typeof weightsFile>;

const checkpointOrigin = z.strictObject({
  kind: z.literal("checkpoint"),
  /**
   * The files of the members; `plain` is null if the plain member has the tensors that
   * both have.
   */
  files: z.strictObject({ se: weightsFile, plain: weightsFile.nullable() }),
});

/**
 * The origin of trained weights, which ship; their hash alone tells whether they are still
 * the same.
 */
const trainedOrigin = z.strictObject({
  kind: z.literal("trained"),
  /** The dataset whose training images the weights have seen. */
  dataset: words,
  hash: weightsHash,
});

/** A model's file of the user's, whose twin, where it has one, is the same file with its SE cut out. */
export const modelOrigin = z.strictObject({
  kind: z.literal("model"),
  /** The name of the file, without its folders. */
  name: words,
  /** The SHA-256 of the file, and of the files of its weights where there are such. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256"),
});

/** The origin of weights. */
export type WeightsOrigin =
  | z.infer<typeof modelOrigin>
  | z.infer<typeof seededOrigin>
  | z.infer<typeof trainedOrigin>
  | z.infer<typeof checkpointOrigin>;

/** The origin of weights, with the hash of the weights themselves. */
export const weights = z.discriminatedUnion("kind", [
  seededOrigin.extend({ hash: weightsHash }),
  trainedOrigin,
  checkpointOrigin.extend({ hash: weightsHash }),
  modelOrigin.extend({ hash: weightsHash }),
]);

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
    case "model":
      return `model ${origin.sha256}`;
    case "seeded":
      return `seeded ${origin.seed}`;
    case "trained":
      return `trained ${origin.hash.se} ${origin.hash.plain}`;
    case "checkpoint":
      return `checkpoint ${identityOfFile(origin.files.se)} ${identityOfFile(origin.files.plain)}`;
  }
}

function identityOfFile(file: WeightsFile | null): string {
  return file === null ? "none" : `${file.sha256} ${file.prefix ?? ""}`;
}

/** The origin of weights, in words. */
export function describeWeights(origin: WeightsOrigin): string {
  switch (origin.kind) {
    case "model":
      return `of the file ${origin.name} (SHA-256 ${origin.sha256.slice(0, digits)}), plain of that file with its SE cut out`;
    case "seeded":
      return `seeded with ${origin.seed}`;
    case "trained": {
      const { dataset, hash } = origin;
      return `trained on ${dataset} (SHA-256 SE ${hash.se.slice(0, digits)}, plain ${hash.plain.slice(0, digits)})`;
    }
    case "checkpoint": {
      const { se, plain } = origin.files;
      if (plain === null) {
        return `SE of ${describeFile(se)}, plain of its tensors without the gates, never trained`;
      }
      return `SE of ${describeFile(se)}, plain of ${describeFile(plain)}`;
    }
  }
}

/**
 * What makes the accuracy of a pair's plain member say nothing, in words, or null where the member
 * was trained.
 */
export function untrainedPlain(
  origin: WeightsOrigin,
  { plain, network }: { readonly plain: string; readonly network: string },
): string | null {
  switch (origin.kind) {
    case "trained":
      return null;
    case "model":
      return `${plain} is ${network} with its SE cut out: a model of cost, which was never trained.`;
    case "seeded":
      return `The weights of ${plain} and ${network} are seeded: they have learned nothing, and what they recognise says nothing of either network.`;
    case "checkpoint":
      if (origin.files.plain !== null) return null;
      return `${plain} is ${network} with its gates cut out. It was never trained without them, so what it recognises says nothing of a plain network, or of what SE gains. Give the file of a trained ${plain} as --plain-weights to compare the two.`;
  }
}

const keysOf: Readonly<Record<WeightsFile["keys"], string>> = {
  legacy: "legacy keys",
  timm: "timm's keys",
  torchvision: "torchvision's keys",
  plain: "plain keys",
};

function describeFile({ name, keys, prefix, sha256 }: WeightsFile): string {
  const part = prefix === undefined ? "" : `, prefix ${prefix}`;
  return `${name} (${keysOf[keys]}${part}, SHA-256 ${sha256.slice(0, digits)})`;
}
