import { besideForm, type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { boundText } from "../case/bound-text.ts";
import { workLabel } from "../case/case-label.ts";
import { isNaiveForm, sameButLowering } from "../case/naive-form.ts";
import { formatOverheadWithin } from "../text/format.ts";

/**
 * A pair on one runtime, with SE written as everyone writes it and in the best form that was
 * measured.
 */
export interface LoweringGain {
  readonly naive: OkCase;
  /** The case of the least overhead, which is the naive one where no other has less. */
  readonly best: OkCase;
}

/** The gains of all pairs that were measured with right output in the naive form and in another. */
export function loweringGains({ cases }: RunRecord): LoweringGain[] {
  const right = cases.filter((record) => record.status === "ok").filter(parityHolds);
  return right
    .filter((record) => isNaiveForm(record, right))
    .map((naive) => {
      const best = right
        .filter((other) => sameButLowering(naive, other))
        .reduce((a, b) => (b.overhead.ratio < a.overhead.ratio ? b : a));
      return { naive, best };
    });
}

export const loweringColumns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "SE costs, naive form", align: "right" },
  { title: "SE costs, best form", align: "right" },
  { title: "Of the network's time", align: "right" },
  { title: "Bound", align: "right" },
  { title: "Best form", align: "left" },
] as const;

/** A row under `loweringColumns`. */
export function loweringCells({ naive, best }: LoweringGain): string[] {
  const precision = naive.precision === "fp32" ? "" : `, ${naive.precision}`;
  return [
    naive.runtime,
    `${workLabel(naive)}${precision}`,
    costOf(naive),
    costOf(best),
    gainText({ naive, best }) ?? "",
    best.bound === null ? "" : boundText(best.bound),
    best === naive ? `${best.lowering} (naive form)` : best.lowering,
  ];
}

/** The sentences that say what lowering does, one for each pair and runtime. */
export function loweringSentences(run: RunRecord): string[] {
  return loweringGains(run).map((gain) => {
    const [runtime, work, naive, best, gained, , form] = loweringCells(gain);
    const place = `${work} on ${runtime}`;
    const least = gain.best.bound === null ? "" : ` The bound is ${boundText(gain.best.bound)}.`;
    if (gain.best === gain.naive)
      return `${place}: no form of SE costs less than ${form}, ${naive}.${least}`;
    const paired = gained ? ` That is ${gained} of the network's time, in the same rounds.` : "";
    return `${place}: SE costs ${best} as ${form}, and ${naive} as ${gain.naive.lowering} (naive form).${paired}${least}`;
  });
}

/**
 * The change of the network's time by the best form, with its interval, from the rounds that both
 * forms share: `−7.4 % [−8.0, −6.9]`. It is null where the naive form is the best, or the forms were
 * not measured together.
 */
export function gainText({ naive, best }: LoweringGain): string | null {
  const paired = besideForm(best, naive);
  return paired && formatOverheadWithin(paired.ratio, paired.interval);
}

function costOf({ overhead: { ratio, interval } }: OkCase): string {
  return formatOverheadWithin(ratio, interval);
}
