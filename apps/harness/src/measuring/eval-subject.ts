import { type FedModel, pairChoiceOf, type RunOptions } from "@sebench/bench";
import { say } from "@sebench/cli";
import type { InferJob } from "@sebench/jobs";
import type { Member } from "@sebench/measure";
import { inspectModel } from "@sebench/models";
import { buildMember, type BuiltMember, importedFile, openPair } from "@sebench/pairs";
import type { EvaluationRecord, WeightsOrigin } from "@sebench/results";
import { classesOf, InputError } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import type { Classifier } from "../flags/dataset-flags.ts";

/** Both members of what is asked about labelled images. */
export interface EvalSubject extends Classifier {
  readonly origin: WeightsOrigin;
  readonly names: Pick<EvaluationRecord, "plain" | "network">;
  /** The number of images in one run. */
  readonly batch: number;
  readonly precision: EvaluationRecord["precision"];
  /** The models of a runtime's job, the plain member first. */
  readonly models: InferJob["models"];
  readonly hash: Readonly<Record<Member, string>>;
  /** The members in sebench's own graph, for the oracle, or null of a file that is not imported. */
  readonly built: Readonly<Record<Member, BuiltMember>> | null;
}

/** The images in one run of a network, where no flag says how many. */
const usualBatch = 32;

/** Opens the pair of a network. Throws an `InputError` where its weights are not to be had. */
export async function networkSubject(name: string, options: RunOptions): Promise<EvalSubject> {
  const { description, origin, notes } = await openPair(name, pairChoiceOf(options));
  for (const note of notes) say(`weights: ${note}`);
  const built = {
    plain: await buildMember(description, "plain"),
    se: await buildMember(description, "se"),
  };
  const { selection } = options;
  const { network } = built.se;
  const [precision = "fp32"] = selection.precisions;
  return {
    name: network.name,
    classes: classesOf(network),
    size: description.imageSize,
    origin,
    names: { plain: built.plain.network.name, network: network.name },
    batch: selection.batches?.[0] ?? usualBatch,
    precision,
    models: (["plain", "se"] as const).map((member) => {
      return { pair: description, member, output: "logits", fixedGates: {} };
    }),
    hash: {
      plain: await contentHash(built.plain.weights),
      se: await contentHash(built.se.weights),
    },
    built,
  };
}

/**
 * A model's file and its twin, which take square colour images and give logits.
 *
 * @throws InputError for a model that is no such classifier, or has no twin
 */
export function modelSubject({ model }: FedModel): EvalSubject {
  const { name, key, se, plain, inputs, batch, precision } = model;
  const [input, ...others] = inputs;
  const [, channels, height, width] = input?.shape ?? [];
  const isImage = input?.shape.length === 4 && input.type === "float32" && others.length === 0;
  if (!isImage || channels !== 3 || height !== width) {
    throw new InputError(`${name} takes no batch of square colour images, float32 [N, 3, S, S]`, {
      remedy: "bench run --model holds its outputs on your own inputs against what is right",
    });
  }
  if (plain === null) {
    throw new InputError(`${name} has no SE that can be cut out, and eval asks both members`, {
      remedy: "bench run --model holds its outputs against what is right",
    });
  }
  const classes = classesIn(name, se.file.path, se.file.sizes, batch);
  return {
    name,
    classes,
    size: width!,
    origin: { kind: "model", name, sha256: se.sha256 },
    names: { plain: `plain-${key}`, network: key },
    batch,
    precision,
    models: [plain, se].map(({ file }) => {
      return { file, classes };
    }),
    hash: { plain: plain.sha256, se: se.sha256 },
    built:
      model.obstacle === null
        ? { plain: importedFile(plain.file), se: importedFile(se.file) }
        : null,
  };
}

/** The number of logits that a model's first output has for each image. */
function classesIn(
  name: string,
  path: string,
  sizes: Readonly<Record<string, readonly number[]>>,
  batch: number,
): number {
  const [output] = inspectModel(path, new Map(Object.entries(sizes))).outputs;
  const [images, classes, ...rest] = output?.shape ?? [];
  if (output?.type === "float32" && images === batch && rest.every((dim) => dim === 1)) {
    if (typeof classes === "number" && classes > 1) return classes;
  }
  throw new InputError(
    `the first output of ${name} is no [${batch}, classes] of float32, and eval reads classes there`,
    { remedy: "bench run --model holds all its outputs against what is right" },
  );
}
