import {
  type CaseRecord,
  downloadBytes,
  type MemberAccuracy,
  type MemberRecord,
  type MemberStart,
  memoryGrowth,
  type OkCase,
  ran,
  type RanCase,
  type RunRecord,
  type ServingSummary,
  summarizeServing,
} from "@sebench/results";
import { oneLine } from "@sebench/spec";

/** The member of a case that a row is about. A field is null where the case has no figures. */
interface Subject {
  readonly run: RunRecord;
  readonly record: CaseRecord;
  readonly member: "plain" | "se";
  readonly ok: OkCase | null;
  /** The case if it ran, timed or not. */
  readonly proven: RanCase | null;
  readonly own: MemberRecord | null;
  readonly start: MemberStart | null;
  readonly served: ServingSummary | null;
  readonly parity: OkCase["parity"]["se"] | null;
  readonly accuracy: MemberAccuracy | null;
}

type Value = string | number | boolean | null | undefined;

/**
 * The columns by title, in order. Times are in milliseconds, sizes in bytes, overheads are ratios.
 */
const columns: Readonly<Record<string, (subject: Subject) => Value>> = {
  run: ({ run }) => run.run.id,
  started: ({ run }) => run.run.started,
  machine: ({ run }) => run.machine.key,
  case: ({ record }) => record.id,
  runtime: ({ record }) => record.runtime,
  host: ({ record }) => record.host,
  network: ({ record, member }) => (member === "se" ? record.network : record.plain),
  member: ({ member }) => member,
  imageSize: ({ record }) => record.imageSize,
  batch: ({ record }) => record.batch,
  precision: ({ record }) => record.precision,
  lowering: ({ record }) => record.lowering,
  status: ({ record }) => record.status,
  reason: ({ record }) => (record.status === "ok" ? null : record.reason),
  engineVersion: ({ proven }) => proven?.engineVersion,
  hostVersion: ({ proven }) => proven?.hostVersion,
  device: ({ proven }) => proven?.device.name,
  software: ({ proven }) => proven?.attestation.software,
  parameters: ({ proven, member }) => proven?.members[member].parameters,
  macs: ({ proven, member }) => proven?.members[member].macs,
  prepareMs: ({ proven, member }) => medianOf(proven?.members[member].prepareMs),
  firstRunMs: ({ proven, member }) => medianOf(proven?.members[member].firstRunMs),
  firstAnswerMs: ({ start }) => start?.firstAnswerMs.median,
  startHostMs: ({ start }) => start?.stepsMs.host.median,
  startEngineMs: ({ start }) => start?.stepsMs.engine.median,
  startModelMs: ({ start }) => start?.stepsMs.model.median,
  startSessionMs: ({ start }) => start?.stepsMs.session.median,
  startAnswerMs: ({ start }) => start?.stepsMs.answer.median,
  samples: ({ own }) => own?.latencyMs.n,
  minMs: ({ own }) => own?.latencyMs.min,
  meanMs: ({ own }) => own?.latencyMs.mean,
  p50Ms: ({ own }) => own?.latencyMs.p50,
  p50LowMs: ({ own }) => own?.latencyMs.p50Interval?.[0],
  p50HighMs: ({ own }) => own?.latencyMs.p50Interval?.[1],
  p90Ms: ({ own }) => own?.latencyMs.p90,
  p99Ms: ({ own }) => own?.latencyMs.p99,
  outliers: ({ own }) => own?.latencyMs.outliers,
  imagesPerSecond: ({ own }) => own?.imagesPerSecond,
  peakGrowthBytes: ({ start }) => start && memoryGrowth(start, "peak")?.median,
  steadyGrowthBytes: ({ start }) => start && memoryGrowth(start, "steady")?.median,
  downloadBytes: ({ start }) => start && downloadBytes(start),
  overhead: ({ ok }) => ok?.overhead.ratio,
  overheadLow: ({ ok }) => ok?.overhead.interval?.[0],
  overheadHigh: ({ ok }) => ok?.overhead.interval?.[1],
  replicas: ({ ok }) => ok?.overhead.replicas.length,
  rounds: ({ ok }) => ok?.overhead.rounds,
  stopped: ({ ok }) => ok?.overhead.stopped,
  offlineImagesPerSecond: ({ served, member }) => served?.offline?.imagesPerSecond[member],
  servedPercentile: ({ served }) => served?.server?.percentile,
  servedLimitMs: ({ served }) => served?.server?.limitMs,
  servedPerSecond: ({ served, member }) => served?.server?.kept[member],
  parity: ({ parity }) => parity?.pass,
  relative: ({ parity }) => parity?.relative,
  tolerance: ({ proven }) => proven?.parity.tolerance,
  top1Agreement: ({ parity }) => parity?.top1Agreement,
  labelledDataset: ({ ok }) => ok?.accuracy?.dataset,
  labelledImages: ({ ok }) => ok?.accuracy?.images,
  correct: ({ accuracy }) => accuracy?.correct,
  top1: ({ accuracy }) => accuracy?.top1,
  top1Low: ({ accuracy }) => accuracy?.interval[0],
  top1High: ({ accuracy }) => accuracy?.interval[1],
  oracleAgreeing: ({ accuracy }) => accuracy?.oracle.agreeing,
  oracleTop1: ({ accuracy }) => accuracy?.oracle.top1,
  oracleP: ({ accuracy }) => accuracy?.oracle.p,
  seAgainstPlainP: ({ ok }) => ok?.accuracy?.seAgainstPlain.p,
};

/**
 * The run as CSV with a header and a row for each case and member (RFC 4180: CRLF, quotes
 * doubled). A cell is empty where its value is not known.
 */
export function csvReport(run: RunRecord): string {
  const rows = run.cases.flatMap((record) => [
    csvRow(subjectOf(run, record, "plain")),
    csvRow(subjectOf(run, record, "se")),
  ]);
  return [Object.keys(columns), ...rows].map((cells) => `${cells.join(",")}\r\n`).join("");
}

function subjectOf(run: RunRecord, record: CaseRecord, member: "plain" | "se"): Subject {
  const ok = record.status === "ok" ? record : null;
  const own = ok && ok.members[member];
  const proven = ran(record) ? record : null;
  const parity = proven && proven.parity[member];
  const accuracy = ok?.accuracy?.[member] ?? null;
  const start = ok?.start?.ok ? ok.start[member] : null;
  const served = ok?.serving ? summarizeServing(ok.serving) : null;
  return { run, record, member, ok, proven, own, start, served, parity, accuracy };
}

/** A quantity of a case that was not timed, or its median over the replicas of one that was. */
function medianOf(quantity: number | { readonly median: number } | undefined): Value {
  return typeof quantity === "object" ? quantity.median : quantity;
}

function csvRow(subject: Subject): string[] {
  return Object.values(columns).map((read) => csvCell(read(subject) ?? null));
}

/**
 * A value as a cell. Text that a spreadsheet would take for a formula gets an apostrophe before
 * it.
 */
function csvCell(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const line = oneLine(value);
  const text = /^[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]/.test(line) ? `'${line}` : line;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
