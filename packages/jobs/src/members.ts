import type { LoweringName } from "@sebench/lowering";
import type { MeasureOptions, Member, RaceEntrant } from "@sebench/measure";
import type { ModelFileDescription, PairDescription } from "@sebench/pairs";

/** A form of the network with SE, and the ranges from which int8 takes the scales of its tensors. */
export interface MeasuredForm extends Pick<MeasureOptions, "ranges"> {
  readonly lowering: LoweringName;
}

/** The plain network, and forms of its counterpart with SE: built, and lowered. */
export interface NetworkMembers {
  readonly kind: "networks";
  readonly pair: PairDescription;
  /** The forms, at least one. */
  readonly forms: readonly MeasuredForm[];
}

/** Models' files, which an engine loads as they are. */
export interface FileMembers {
  readonly kind: "files";
  /** The files, of which the first is what the others are measured against; or one alone. */
  readonly files: readonly ModelFileDescription[];
  /** The absolute path of the inputs of runs, which `writeRunInputs` has written. */
  readonly inputs: string;
}

/** Models' files that race. */
export interface FileEntrants extends FileMembers {
  /** Whether the first file is a twin, which gives something else than the others. */
  readonly isTwinFirst: boolean;
}

/** The members of a case, which share its rounds. */
export type CaseMembers = NetworkMembers | FileMembers;

/** Lowerings of a pair that race. */
export interface NetworkEntrants {
  readonly kind: "networks";
  readonly pair: PairDescription;
  readonly entrants: readonly RaceEntrant[];
}

/** One member of a pair in a lowering. */
export interface NetworkMember {
  readonly kind: "networks";
  readonly pair: PairDescription;
  readonly member: Member;
  readonly lowering: LoweringName;
}
