import { type Soaked, soakFaults, type SoakRecord, type SoakRow } from "@sebench/results";
import { formatBytes, formatDifference, formatMs, formatOverheadWithin } from "../text/format.ts";

/** The content of every form of the report of a soak, as plain text. */
export interface SoakContent {
  readonly title: string;
  /** What is wrong, a sentence for each row that has a fault, or one that says that nothing is. */
  readonly sentences: readonly string[];
  /** The rows under `soakColumns`. */
  readonly rows: readonly (readonly string[])[];
}

export const soakColumns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "Runs", align: "right" },
  { title: "Parity", align: "left" },
  { title: "Memory, first → last", align: "right" },
  { title: "Growth a run, 95 %", align: "right" },
  { title: "A run, and its drift", align: "right" },
] as const;

/** The sentences that say how the figures came to be, for all forms of the report. */
export const soakNotes: readonly string[] = [
  "One session of a process or a browser of its own runs over and over, on one batch of images after another. Parity is that of runs 1, 2, 100 and the last, with the oracle; every other answer is compared with the first one for the same images.",
  "Memory is read after the garbage is collected: the proportional set size where Linux tells it, else what is resident; in a browser that of all its processes together. Growth and drift are slopes of robust lines (Theil and Sen) that leave the first tenth of the runs out, with their 95 % intervals; the time of a run is that before its drift.",
];

export function soakContent(record: SoakRecord): SoakContent {
  const { rows, runs } = record;
  return {
    title: `What ${runs.toLocaleString("en-US")} runs in one session do`,
    sentences: sentencesOf(record),
    rows: rows.map(cellsOf),
  };
}

function sentencesOf(record: SoakRecord): string[] {
  const faults = record.rows.flatMap((row) =>
    soakFaults(row, record).map((fault) => `${rowName(row)}: ${fault}.`),
  );
  const unavailable = record.rows.flatMap((row) =>
    row.status === "unavailable"
      ? [
          `${rowName(row)} is not available: ${row.reason}. Remedy: ${row.remedy ?? "none is known"}.`,
        ]
      : [],
  );
  const lasted = record.rows.filter(({ status }) => status === "ok").length;
  const bound = `${formatBytes(record.mostGrowth)} a run`;
  const well =
    lasted === 1
      ? `The session kept parity, and its memory is not shown to grow by more than ${bound}.`
      : `All ${lasted} sessions kept parity, and no memory is shown to grow by more than ${bound}.`;
  const outcome = lasted === 0 ? [] : [well];
  return [...(faults.length === 0 ? outcome : faults), ...unavailable];
}

/** The name of a row: `se-resnet8, 32 px, batch 1 on onnxruntime-web/wasm, chromium`. */
export function rowName({ network, imageSize, batch, runtime, host }: SoakRow): string {
  return `${network}, ${imageSize} px, batch ${batch} on ${runtime}, ${host}`;
}

function cellsOf(row: SoakRow): string[] {
  const { network, imageSize, batch, runtime, host } = row;
  const place = [`${runtime} on ${host}`, `${network}, ${imageSize} px, batch ${batch}`];
  const found = soakedOf(row);
  if (found === null) {
    const done = row.status === "died" ? `died after ${row.diedAt.run}` : row.status;
    return [...place, done, "–", "–", "–", "–"];
  }
  const died = row.status === "died" ? `, died at ${row.diedAt.run}` : "";
  return [
    ...place,
    `${found.runs}${died}`,
    parityOf(found),
    memoryOf(found),
    growthOf(found),
    latencyOf(found),
  ];
}

/** What a row's session did, or null where it did nothing that is known. */
export function soakedOf(row: SoakRow): Soaked | null {
  return row.status === "ok" || row.status === "died" ? row.soaked : null;
}

function parityOf({ parity: { checkpoints }, changedAt }: Soaked): string {
  const lost = checkpoints.filter(({ pass }) => !pass).map(({ run }) => run);
  if (lost.length > 0) return `lost at ${lost.join(", ")}`;
  if (changedAt !== null) return `answer changed at ${changedAt}`;
  if (checkpoints.length === 0) return "–";
  const worst = Math.max(...checkpoints.map(({ relative }) => relative ?? Infinity));
  return `holds, ${formatDifference(worst)}`;
}

function memoryOf({ memory: { readings } }: Soaked): string {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last) return "–";
  return [first, last]
    .map((reading) => formatBytes(reading.proportionalBytes ?? reading.residentBytes))
    .join(" → ");
}

function latencyOf({ latency }: Soaked): string {
  if (latency === null) return "–";
  const { firstMs, drift } = latency;
  const change = drift && formatOverheadWithin(drift.ratio, drift.interval);
  return [formatMs(firstMs), ...(change === null ? [] : [change])].join(", ");
}

function growthOf({ memory: { growth } }: Soaked): string {
  if (growth === null) return "–";
  const [low, high] = growth.interval.map(signedBytes);
  return `${signedBytes(growth.bytesPerRun)} [${low}, ${high}]`;
}

function signedBytes(bytes: number): string {
  const text = formatBytes(Math.abs(bytes));
  if (Math.round(Math.abs(bytes)) === 0) return "0 B";
  return bytes < 0 ? `−${text}` : `+${text}`;
}
