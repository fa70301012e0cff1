import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { workLabel } from "../case/case-label.ts";
import { formatDifference, formatMs, formatOverheadWithin, formatShare } from "../text/format.ts";

/** A case of a runtime and pair that was measured in several precisions. */
export interface PrecisionCost {
  readonly record: OkCase;
  /** The same case in fp32, or null where fp32 was not measured or its output is wrong. */
  readonly fp32: OkCase | null;
}

type Label = (record: OkCase) => string;

const order: readonly OkCase["precision"][] = ["fp32", "fp16", "int8"];

/** The cases that differ in nothing but precision, each with fp32's, fp32 first. */
export function precisionCosts({ cases }: RunRecord): PrecisionCost[] {
  const alike = new Map<string, OkCase[]>();
  for (const record of cases) {
    if (record.status !== "ok") continue;
    const { runtime, host, network, imageSize, batch, lowering } = record;
    const key = [runtime, host, network, imageSize, batch, lowering].join("|");
    alike.set(key, [...(alike.get(key) ?? []), record]);
  }
  return [...alike.values()].flatMap((group) => {
    if (new Set(group.map(({ precision }) => precision)).size < 2) return [];
    const fp32 = group.find((record) => record.precision === "fp32" && parityHolds(record)) ?? null;
    return group
      .toSorted((a, b) => order.indexOf(a.precision) - order.indexOf(b.precision))
      .map((record) => ({ record, fp32 }));
  });
}

export const precisionColumns = [
  { title: "Case", align: "left" },
  { title: "Plain p50", align: "right" },
  { title: "SE p50", align: "right" },
  { title: "Of fp32's time", align: "right" },
  { title: "SE costs", align: "right" },
  { title: "Logits off by", align: "right" },
  { title: "Tolerance", align: "right" },
  { title: "Top class", align: "right" },
] as const;

/** A row under `precisionColumns`. */
export function precisionCells({ record, fp32 }: PrecisionCost, label: Label): string[] {
  const { members, overhead, parity } = record;
  const { plain, se, tolerance } = parity;
  return [
    `${label(record)}: ${workLabel(record)}`,
    formatMs(members.plain.latencyMs.p50, members.plain.latencyMs.p50Interval),
    formatMs(members.se.latencyMs.p50, members.se.latencyMs.p50Interval),
    timesFp32(record, fp32),
    formatOverheadWithin(overhead.ratio, overhead.interval),
    `${formatDifference(plain.relative)}, ${formatDifference(se.relative)}`,
    parityHolds(record) ? formatDifference(tolerance) : `${formatDifference(tolerance)}, FAILS`,
    `${formatShare(plain.top1Agreement)}, ${formatShare(se.top1Agreement)}`,
  ];
}

function timesFp32(record: OkCase, fp32: OkCase | null): string {
  if (fp32 === null || record === fp32) return "–";
  return [factorOf("plain", record, fp32), factorOf("se", record, fp32)].join(", ");
}

/** The share of fp32's time that a member takes: `0.48`. */
function factorOf(member: "plain" | "se", record: OkCase, fp32: OkCase): string {
  const factor = record.members[member].latencyMs.p50 / fp32.members[member].latencyMs.p50;
  return factor.toFixed(2);
}

/**
 * The sentences that say what each precision but fp32 costs in correctness, and what SE costs in
 * it.
 */
export function precisionSentences(run: RunRecord, label: Label): string[] {
  return precisionCosts(run)
    .filter(({ record }) => record.precision !== "fp32")
    .map((cost) => precisionSentence(cost, label));
}

function precisionSentence({ record, fp32 }: PrecisionCost, label: Label): string {
  const { parity, overhead } = record;
  const { plain, se, tolerance } = parity;
  const place = `${label(record)} for ${workLabel(record)}`;
  const off = `logits are off by ${formatDifference(plain.relative)} (plain) and ${formatDifference(se.relative)} (SE)`;
  const same = `the same top class for ${formatShare(plain.top1Agreement)} and ${formatShare(se.top1Agreement)} of the images`;
  if (!parityHolds(record)) {
    return `${place}: its output is wrong: ${off}, beyond ${formatDifference(tolerance)}, or another top class; ${same}.`;
  }
  const cost = formatOverheadWithin(overhead.ratio, overhead.interval);
  const before = fp32 && formatOverheadWithin(fp32.overhead.ratio, fp32.overhead.interval);
  const time = fp32
    ? `takes ${factorOf("plain", record, fp32)} (plain) and ${factorOf("se", record, fp32)} (SE) times as long as fp32; `
    : "";
  const beside = before === null ? "" : `, in fp32 ${before}`;
  return `${place}: ${time}SE costs ${cost}${beside}; ${off}, within ${formatDifference(tolerance)}, with ${same}.`;
}
