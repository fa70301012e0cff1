import {
  downloadBytes,
  firstAnswerOverNetwork,
  type MeasuredStart,
  type MemberStart,
  memoryGrowth,
  type OkCase,
  type RunRecord,
  type StartRecord,
} from "@sebench/results";
import { workLabel } from "../case/case-label.ts";
import { formatBytes, formatMs, formatSeconds } from "../text/format.ts";

/** A member of a case that was started. */
export interface StartedMember {
  readonly record: OkCase;
  readonly name: string;
  readonly network: string;
  readonly start: MemberStart;
}

/** A case without fresh starts, and why. */
export interface UnstartedCase {
  readonly record: OkCase;
  readonly why: string;
}

const notComparable =
  "since the record is older (its times and memory of replicas in one process are not comparable)";

/** The members that were started, each once: the forms of a pair share their starts. */
export function startedIn({ cases }: RunRecord): {
  started: StartedMember[];
  unstarted: UnstartedCase[];
} {
  const started: StartedMember[] = [];
  const unstarted: UnstartedCase[] = [];
  const seen = new Set<string>();
  for (const record of cases) {
    if (record.status !== "ok") continue;
    const { runtime, host, network, plain, imageSize, batch, precision, start } = record;
    const key = [runtime, host, network, imageSize, batch, precision].join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    if (start?.ok) started.push(...membersOf(record, start, { plain, se: network }));
    else unstarted.push({ record, why: start === null ? notComparable : whyUnstarted(start) });
  }
  return { started, unstarted };
}

function whyUnstarted({ reason, remedy }: Extract<StartRecord, { ok: false }>): string {
  return `since ${reason}${remedy === null ? "" : ` (${remedy})`}`;
}

function membersOf(
  record: OkCase,
  start: MeasuredStart,
  names: Readonly<Record<"plain" | "se", string>>,
): StartedMember[] {
  return (["plain", "se"] as const).map((member) => ({
    record,
    name: workLabel({ ...record, network: names[member] }),
    network: names[member],
    start: start[member],
  }));
}

export const startColumns = [
  { title: "Member", align: "left" },
  { title: "Runtime", align: "left" },
  { title: "First answer", align: "right" },
  { title: "Later runs", align: "right" },
  { title: "Memory, peak", align: "right" },
  { title: "Memory, steady", align: "right" },
  { title: "Download", align: "right" },
  { title: "At 50 Mbit/s", align: "right" },
] as const;

/** A row under `startColumns`. */
export function startCells(
  { record, name, start }: StartedMember,
  label: (record: OkCase) => string,
): string[] {
  const grown = (moment: "peak" | "steady") => {
    const growth = memoryGrowth(start, moment);
    return growth === null ? "not told" : formatBytes(growth.median);
  };
  const [bytes, overNetwork] = [downloadBytes(start), firstAnswerOverNetwork(start, 50)];
  return [
    name,
    label(record),
    formatMs(start.firstAnswerMs.median),
    formatMs(start.steadyMs.median),
    grown("peak"),
    grown("steady"),
    bytes === null ? "–" : formatBytes(bytes),
    overNetwork === null ? "–" : `≈ ${formatSeconds(overNetwork)}`,
  ];
}
