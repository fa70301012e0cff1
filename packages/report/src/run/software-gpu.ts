import { type CaseRecord, parityHolds, ran, type RanCase, type RunRecord } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { workLabel } from "../case/case-label.ts";
import { parityText } from "../case/correctness.ts";
import { formatMs } from "../text/format.ts";

/** The cases on GPUs that the CPU plays, and all others that were not timed. */
export function softwareCases({ cases }: Pick<RunRecord, "cases">): RanCase[] {
  return cases
    .filter(ran)
    .filter(({ status, attestation }) => attestation.software || status === "untimed");
}

/** What a case on a software GPU proves, in words. */
export interface SoftwareRow {
  readonly runtime: string;
  /** The network with its size and batch: `se-resnet8, 32 px, batch 1`. */
  readonly work: string;
  /** The device that did the work, which the attestation proves: `webgpu`. */
  readonly device: string;
  /** The name that the engine or the system gives to what plays the device. */
  readonly playedBy: string;
  readonly parity: string;
  readonly right: boolean;
  /** The time of the first run of each member; of a case that was timed, the median of its replicas. */
  readonly firstRun: { readonly plain: string; readonly se: string };
  /** The member that was prepared first, and so paid for what both need. */
  readonly preparedFirst: string;
}

export function softwareRow(record: RanCase, label: (of: CaseRecord) => string): SoftwareRow {
  return {
    runtime: label(record),
    work: workLabel(record),
    device: record.attestation.device,
    playedBy: oneLine(record.device.name),
    parity: parityText(record),
    right: parityHolds(record),
    firstRun: { plain: firstRunOf(record, "plain"), se: firstRunOf(record, "se") },
    preparedFirst: preparedFirstOf(record),
  };
}

function firstRunOf(record: RanCase, member: "plain" | "se"): string {
  return formatMs(
    record.status === "ok"
      ? record.members[member].firstRunMs.median
      : record.members[member].firstRunMs,
  );
}

const names = { plain: "plain", se: "SE" } as const;

function preparedFirstOf(record: RanCase): string {
  const order = record.status === "ok" ? record.preparedFirst : [record.preparedFirst];
  const different = [...new Set(order)];
  return different.length === 1 ? names[different[0]!] : "in turns";
}

/** The sentences that say why cases were not timed, and how to have them timed: each once. */
export function untimedSentences(cases: readonly RanCase[]): string[] {
  const sentences = cases.flatMap((record) =>
    record.status === "untimed"
      ? [`Not timed, since ${oneLine(record.reason)}; ${oneLine(record.remedy)}.`]
      : [],
  );
  return [...new Set(sentences)];
}
