import type { ExplanationRecord, Interval } from "@sebench/results";

type Part = ExplanationRecord["parts"][number]["part"];
type Operators = ExplanationRecord["parts"][number]["operators"];

/** A kind of share of the measured difference. */
export type ShareKind = Part | "around" | "unexplained";

/** A part of the measured difference. It is signed: a part that saves time is below 0. */
export interface Share {
  readonly kind: ShareKind;
  readonly ms: number;
  readonly interval: Interval | null;
  readonly operators: Operators;
}

/** The names of the shares for people; within a sentence the first letter is small. */
export const shareNames: Readonly<Record<ShareKind, string>> = {
  squeeze: "Squeeze",
  excite: "Excite",
  scale: "Scale",
  fusions: "Fusions lost",
  layout: "Layout reorders",
  copies: "Copies",
  trunk: "The same kernels",
  other: "Kernels of no node",
  around: "Around the kernels",
  unexplained: "Unexplained",
};

/** The shares that either member has, in the order of the table; `unexplained` comes last. */
export function sharesOf({ parts, around, unexplained }: ExplanationRecord): Share[] {
  return [
    ...parts
      .filter(({ operators }) => operators.length > 0)
      .map(({ part, ms, interval, operators }) => ({ kind: part, ms, interval, operators })),
    { kind: "around", ...around, operators: [] },
    { kind: "unexplained", ...unexplained, operators: [] },
  ];
}

/** What the stages of an explanation are: those of a network, or the SE blocks of a model's file. */
export function stageWord({ weights }: Pick<ExplanationRecord, "weights">): "stage" | "SE block" {
  return weights.kind === "model" ? "SE block" : "stage";
}

/** A word with a capital letter, as at the start of a sentence. */
export const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** Whether a difference is told apart from none. */
export function isTold({ interval }: { readonly interval: Interval | null }): boolean {
  return interval !== null && (interval[0] > 0 || interval[1] < 0);
}
