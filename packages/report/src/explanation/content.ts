import { describeWeights, type ExplanationRecord } from "@sebench/results";
import { machineFacts } from "../run/provenance.ts";
import {
  formatMoment,
  formatMs,
  formatMsWithin,
  formatNumberOf,
  formatOverheadWithin,
  formatShare,
} from "../text/format.ts";
import { capital, isTold, type Share, shareNames, sharesOf, stageWord } from "./share.ts";

/** The content of every form of the report of an explanation, as plain text. */
export interface ExplanationContent {
  readonly title: string;
  readonly sentences: readonly string[];
  /** The rows under `shareColumns`; the last one is what was measured. */
  readonly rows: readonly (readonly string[])[];
  readonly stages: StageTable;
  readonly facts: readonly (readonly [string, string])[];
}

interface StageTable {
  readonly columns: readonly { readonly title: string; readonly align: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
}

export const shareColumns = [
  { title: "Part", align: "left" },
  { title: "SE − plain", align: "right" },
  { title: "Of the overhead", align: "right" },
  { title: "Kernels, plain → SE", align: "left" },
] as const;

/** The sentences that say how a figure of the tables came to be, for all forms of the report. */
export const explanations: readonly string[] = [
  "Each kernel of both members counts in one part. Fusions lost: kernels outside SE that plain does not run in this form, such as an Add or a ReLU that it fuses into a convolution, less what that convolution saves without them. Layout reorders: what brings values into another order, wherever it stands. Copies: what gives values as they are in another shape or place. The same kernels: what both run, in another time. Around the kernels: the run less its kernels.",
  "A mean over replicas, with the 95 % t interval of how they differ; of each replica, over the faster half of its runs: what disturbs the machine only slows them. What the profiler adds to a kernel is taken from what it adds to both members' latencies, and taken off. Unexplained is the rest: the part of the profiler's disturbance that does not grow with the kernels, and chance.",
];

export function explanationContent(record: ExplanationRecord): ExplanationContent {
  const { network, plain, runtime, run, weights } = record;
  const shares = sharesOf(record);
  return {
    title: `Where the overhead of ${network} goes on ${runtime}`,
    sentences: [
      measuredSentence(record),
      restSentence(record),
      ...largestSentence(record, shares),
      ...stageSentence(record),
      profilerSentence(record),
      ...clockSentence(record),
    ],
    rows: [...shares.map((share) => rowOf(share, record)), measuredRow(record)],
    stages: stageTable(record, shares),
    facts: [
      ["Case", `${network} against ${plain}, ${record.imageSize} px, batch ${record.batch}`],
      ["Lowering", record.lowering],
      ["Precision", record.precision],
      ["Weights", describeWeights(weights)],
      ["Runtime", `${runtime} ${record.engineVersion}, ${record.host} ${record.hostVersion}`],
      ["Threads", String(record.attestation.se.threads ?? "those of a GPU")],
      [
        "Measured",
        `${formatNumberOf(record.replicas, "replica", "replicas")}, ${record.runs.se} profiled runs of SE and ${record.runs.plain} of plain`,
      ],
      ["sebench", commitOf(run)],
      ["Started", formatMoment(run.started)],
      ...machineFacts(record.machine),
    ],
  };
}

function measuredSentence({ network, measured, overhead, profiler }: ExplanationRecord): string {
  const cost = formatOverheadWithin(overhead.ratio, overhead.interval);
  const latency = formatMs(profiler.members.se.latencyMs);
  return `SE costs ${cost} here: ${formatMsWithin(measured.ms, measured.interval)} of the ${latency} that a run of ${network} takes.`;
}

function restSentence({ measured, unexplained }: ExplanationRecord): string {
  const rest = formatMsWithin(unexplained.ms, unexplained.interval);
  if (!isTold(measured)) {
    return `No overhead can be told from none here, so nothing is said in shares of it; ${rest} are unexplained.`;
  }
  const explained = formatShare(1 - unexplained.ms / measured.ms);
  const verdict = isTold(unexplained) ? "is unexplained" : "cannot be told from none";
  return `The parts account for ${explained} of it; the rest, ${rest}, ${verdict}.`;
}

/** The sentence that names the parts that are told apart from none and make up a tenth or more. */
function largestSentence({ measured }: ExplanationRecord, shares: readonly Share[]): string[] {
  const large = shares
    .filter((share) => share.kind !== "unexplained" && isTold(share))
    .filter(({ ms }) => ms >= 0.1 * measured.ms)
    .toSorted((one, other) => other.ms - one.ms);
  if (large.length === 0 || !isTold(measured)) return [];
  const figures = large.map(({ kind, ms, interval, operators }) => {
    const [first] = operators;
    const mostly = first && first.ms > 0 ? `, ${first.op} first` : "";
    return `${shareNames[kind].toLowerCase()} (${formatMs(ms, interval)}${mostly})`;
  });
  return [`It goes into ${listed(figures)}.`];
}

function stageSentence(record: ExplanationRecord): string[] {
  const { stages, measured } = record;
  const [most] = stages
    .filter((stage) => stage.stage !== null && isTold(stage))
    .toSorted((one, other) => other.ms - one.ms);
  if (!most || most.ms <= 0 || !isTold(measured)) return [];
  return [
    `${capital(stageWord(record))} ${most.stage} adds most, ${formatMsWithin(most.ms, most.interval)}.`,
  ];
}

function profilerSentence({ profiler }: ExplanationRecord): string {
  const { plain, se } = profiler.members;
  const taken =
    profiler.perKernelMs > 0
      ? `${(1000 * profiler.perKernelMs).toFixed(1)} µs a kernel are taken off for it`
      : "no cost of each kernel can be told from none, and nothing is taken off";
  return `The profiler makes plain, of ${plain.kernels} kernels, ${formatShare(plain.slowdown.share)} slower and SE, of ${se.kernels}, ${formatShare(se.slowdown.share)}; ${taken}.`;
}

const onGpu: ReadonlySet<string> = new Set(["cuda", "tensorrt", "webgl", "webgpu", "webnn"]);

function clockSentence({ clock, attestation }: ExplanationRecord): string[] {
  const { device, software } = attestation.se;
  const gpu = onGpu.has(device);
  return [
    ...(gpu && clock === "host"
      ? [
          "The kernels are timed by the host, which sees them launched and not run: what the GPU still has to do at the end counts as around the kernels.",
        ]
      : []),
    ...(software ? ["The GPU is one in software: its times are not those of a GPU."] : []),
  ];
}

function rowOf({ kind, ms, interval, operators }: Share, record: ExplanationRecord): string[] {
  return [
    shareNames[kind],
    formatMsWithin(ms, interval),
    ofOverhead(ms, record),
    kernelsText(operators),
  ];
}

/** The number of operators that are named; a trunk has many. */
const namedOperators = 3;

function kernelsText(operators: Share["operators"]): string {
  const named = operators
    .slice(0, namedOperators)
    .map(({ op, kernels }) => `${op} ${kernels.plain} → ${kernels.se}`);
  return [...named, ...(operators.length > namedOperators ? ["..."] : [])].join(", ");
}

function measuredRow(record: ExplanationRecord): string[] {
  const { ms, interval } = record.measured;
  return ["Measured", formatMsWithin(ms, interval), ofOverhead(ms, record), ""];
}

function ofOverhead(ms: number, { measured }: ExplanationRecord): string {
  return isTold(measured) ? formatShare(ms / measured.ms) : "";
}

/** The table of the stages, whose columns are the parts. */
function stageTable(record: ExplanationRecord, shares: readonly Share[]): StageTable {
  const { stages, measured } = record;
  const kinds = shares.flatMap(({ kind }) =>
    kind === "around" || kind === "unexplained" ? [] : [kind],
  );
  return {
    columns: [
      { title: capital(stageWord(record)), align: "left" },
      { title: "SE − plain", align: "right" },
      ...kinds.map((kind) => ({ title: shareNames[kind], align: "right" as const })),
    ],
    rows: stages.map(({ stage, ms, interval, parts }) =>
      [stage === null ? "outside" : String(stage), formatMsWithin(ms, interval)].concat(
        kinds.map((kind) => formatMs(parts[kind], measured.interval)),
      ),
    ),
  };
}

function listed(items: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(items);
}

export function commitOf({ sebench, git }: ExplanationRecord["run"]): string {
  if (git === null) return sebench;
  return `${sebench}, commit ${git.commit}${git.dirty ? ", with changes" : ""}`;
}
