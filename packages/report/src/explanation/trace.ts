import type { ExplainedKernel, ExplanationRecord } from "@sebench/results";
import { InputError, oneLine } from "@sebench/spec";
import { stageWord } from "./share.ts";

/** An event of the Trace Event Format that Chrome defined, of those kinds that are written here. */
type TraceEvent = DurationEvent | NameEvent;

/** The begin or the end of a slice. The last one that began ends first. */
interface DurationEvent {
  readonly ph: "B" | "E";
  readonly name: string;
  /** The category: the part of the overhead that a kernel counts in. */
  readonly cat: string;
  /** The time since the start of the run, in microseconds. */
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, string>>;
}

/** The name, or the place among the others, of a process or a track. */
interface NameEvent {
  readonly ph: "M";
  readonly name: "process_name" | "thread_name" | "thread_sort_index";
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, string | number>>;
}

/** A trace in the Trace Event Format, as an object. */
interface Trace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
  /** What the trace is of, which viewers show as it is. */
  readonly otherData: Readonly<Record<string, string>>;
}

/**
 * The mean run of each member as the text of a trace that Perfetto and speedscope open: a track for
 * each member, on which its kernels stand one after the other, within slices of their stage, block
 * and part. The parts are the categories.
 *
 * @throws InputError for a record of before kernels were kept
 */
export function explanationTrace(record: ExplanationRecord): string {
  const { network, plain, runtime, host, profiler, run } = record;
  const { kernels } = requireKernels(record);
  const { plain: ofPlain, se: ofSe } = profiler.members;
  const word = stageWord(record);
  const trace: Trace = {
    traceEvents: [
      { ph: "M", name: "process_name", pid, tid: 0, args: { name: `${runtime} on ${host}` } },
      ...trackEvents(1, plain, kernels.plain, ofPlain.profiledMs, word),
      ...trackEvents(2, network, kernels.se, ofSe.profiledMs, word),
    ],
    displayTimeUnit: "ms",
    otherData: {
      case: `${network} against ${plain}, ${record.imageSize} px, batch ${record.batch}, ${record.lowering}`,
      runtime: `${runtime} ${record.engineVersion}, ${host} ${record.hostVersion}`,
      times: `means of the faster runs, over ${record.replicas} replicas, with what the profiler adds`,
      command: run.command,
      sebench: run.sebench,
    },
  };
  return jsonFile(trace);
}

/** The text of a file of JSON, whose own texts are each on one line. */
export function jsonFile(content: object): string {
  const text = JSON.stringify(content, (_, value: unknown) =>
    typeof value === "string" ? oneLine(value) : value,
  );
  return `${text}\n`;
}

/** A record that has kernels. */
type WithKernels = ExplanationRecord & { readonly kernels: object };

/** Throws an `InputError` for a record of before kernels were kept. */
export function requireKernels(record: ExplanationRecord): WithKernels {
  if (record.kernels !== null) return record as WithKernels;
  throw new InputError("the explanation is of a version that kept no kernels", {
    remedy: "run `bench explain` again",
  });
}

/** The number of the one process; viewers show the tracks under it. */
const pid = 1;

/** A slice that holds others: a stage, a block or a part. */
type Slice = Pick<DurationEvent, "name" | "cat">;

/**
 * The track of a member's run. What the run takes beyond its kernels stands at the end as a slice of
 * its own.
 */
function trackEvents(
  tid: number,
  name: string,
  kernels: readonly ExplainedKernel[],
  runMs: number,
  word: ReturnType<typeof stageWord>,
): TraceEvent[] {
  const writer = new SliceWriter(tid);
  writer.enter([run]);
  for (const { node, op, part, ms, ...place } of kernels) {
    writer.enter([run, ...slicesOf({ part, ...place }, word)]);
    writer.leaf({ name: node === "" ? op : node, cat: part }, ms, { op });
  }
  writer.enter([run]);
  const left = runMs - kernels.reduce((sum, { ms }) => sum + ms, 0);
  if (left > 0) writer.leaf({ name: "around the kernels", cat: "around" }, left);
  writer.enter([]);
  return [
    { ph: "M", name: "thread_name", pid, tid, args: { name } },
    { ph: "M", name: "thread_sort_index", pid, tid, args: { sort_index: tid } },
    ...writer.events,
  ];
}

const run: Slice = { name: "run", cat: "run" };

/** The slices that a kernel stands in within a run, from the outside in. */
function slicesOf(
  { stage, block, part }: Pick<ExplainedKernel, "stage" | "block" | "part">,
  word: ReturnType<typeof stageWord>,
): Slice[] {
  return [
    ...(stage === null ? [] : [{ name: `${word} ${stage}`, cat: word }]),
    ...(block === null ? [] : [{ name: `block ${block}`, cat: "block" }]),
    { name: part, cat: part },
  ];
}

/**
 * Writes slices one after the other. Viewers count in whole nanoseconds and show no slice that
 * ends after the one that holds it, so times are added up in nanoseconds, begin and end are written
 * by themselves, and the shortest slice takes one.
 */
class SliceWriter {
  readonly events: DurationEvent[] = [];
  readonly #tid: number;
  #open: readonly Slice[] = [];
  #ns = 0;

  constructor(tid: number) {
    this.#tid = tid;
  }

  /** Ends the slices that are open and not wanted, and begins those that are wanted and not open. */
  enter(wanted: readonly Slice[]): void {
    const differs = wanted.findIndex(({ name }, at) => name !== this.#open[at]?.name);
    const kept = differs < 0 ? Math.min(wanted.length, this.#open.length) : differs;
    for (const slice of this.#open.slice(kept).toReversed()) this.#write("E", slice);
    for (const slice of wanted.slice(kept)) this.#write("B", slice);
    this.#open = wanted;
  }

  /** Writes a slice that holds no other. */
  leaf(slice: Slice, ms: number, args?: DurationEvent["args"]): void {
    this.#write("B", slice, args);
    this.#ns += Math.max(1, Math.round(1e6 * ms));
    this.#write("E", slice, args);
  }

  #write(ph: "B" | "E", { name, cat }: Slice, args?: DurationEvent["args"]): void {
    const ts = this.#ns / 1000;
    this.events.push({ ph, name, cat, ts, pid, tid: this.#tid, ...(args && { args }) });
  }
}
