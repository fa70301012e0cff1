import type { Dataset } from "@sebench/datasets";
import { buildMember } from "../build-pair.ts";
import type { BuiltMember } from "../checkpoint-member.ts";
import { type DatasetFlags, openAsked } from "../dataset-flags.ts";
import type { ImageRange } from "../infer/image-range.ts";
import { type AskedPair, openPair } from "../open-pair.ts";
import type { RunOptions } from "../run-options.ts";
import type { Target } from "../runtimes.ts";
import { readStudyOptions, type StudyFlags } from "../study/one-runtime.ts";
import { readClasses } from "./drawn-classes.ts";

/** The flags of `excitations`, as the command line gives them. */
export interface ExcitationsFlags extends StudyFlags, DatasetFlags {
  readonly classes?: readonly string[];
}

/** What is asked, with all that can be wrong with it found out. */
export interface ExcitationsRequest {
  readonly options: RunOptions;
  readonly target: Target;
  readonly pair: AskedPair;
  readonly member: BuiltMember;
  readonly dataset: Dataset;
  readonly range: ImageRange;
  readonly batch: number;
  /** Labels of the classes to draw; null for the first that are seen. */
  readonly classes: readonly number[] | null;
}

/** Throws an `InputError` for what cannot be done. */
export async function readExcitationsRequest(flags: ExcitationsFlags): Promise<ExcitationsRequest> {
  const { network, classes } = flags;
  const options = readStudyOptions(flags);
  const pair = await openPair(network, options);
  const member = await buildMember(pair.description, "se");
  const { dataset, ...range } = await openAsked(flags, member.network, pair.description.imageSize);
  return {
    options,
    target: options.targets[0],
    pair,
    member,
    dataset,
    range: { ...range, first: 0 },
    batch: options.selection.batches![0]!,
    classes: classes === undefined ? null : readClasses(classes, dataset.classes),
  };
}
