import {
  besideForm,
  type OkCase,
  parityHolds,
  plainFormOf,
  type RunRecord,
} from "@sebench/results";
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
        .filter((other) => sameButLowering(naive, other) && hasSamePlain(naive, other))
        .reduce((a, b) => (b.overhead.ratio < a.overhead.ratio ? b : a));
      return { naive, best };
    });
}

/** Whether two cases of a pair were measured against one plain member. */
function hasSamePlain(one: OkCase, other: OkCase): boolean {
  return plainFormOf(one.lowering) === plainFormOf(other.lowering);
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

/**
 * The sentences that say what SE costs in a model's file as it is shipped, and where the activations
 * of both members are written so that engines fuse them: one for each model and runtime.
 */
export function activationSentences({ cases }: RunRecord): string[] {
  const right = cases.filter((record) => record.status === "ok").filter(parityHolds);
  return right.flatMap((fused) => {
    if (fused.weights.kind !== "model" || fused.lowering !== "activation") return [];
    const shipped = right.find((other) => other !== fused && sameButLowering(other, fused));
    if (shipped === undefined) return [];
    const ofTime = fused.members.se.latencyMs.p50 / shipped.members.se.latencyMs.p50;
    return `${workLabel(fused)} on ${fused.runtime}: SE costs ${costOf(shipped)} in the file as it is, and ${costOf(fused)} with the activations of both members in forms that engines fuse, which takes ${ofTime.toFixed(2)} of its time; bench optimize writes such a file.`;
  });
}

/** The sentences that say what lowering does, one for each pair and runtime. */
export function loweringSentences(run: RunRecord): string[] {
  const gains = loweringGains(run).map((gain) => {
    const [runtime, work, naive, best, gained, , form] = loweringCells(gain);
    const place = `${work} on ${runtime}`;
    const least = gain.best.bound === null ? "" : ` The bound is ${boundText(gain.best.bound)}.`;
    if (gain.best === gain.naive)
      return `${place}: no form of SE costs less than ${form}, ${naive}.${least}`;
    const paired = gained ? ` That is ${gained} of the network's time, in the same rounds.` : "";
    return `${place}: SE costs ${best} as ${form}, and ${naive} as ${gain.naive.lowering} (naive form).${paired}${least}`;
  });
  return [...gains, ...activationSentences(run)];
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
