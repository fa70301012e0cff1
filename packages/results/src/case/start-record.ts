import { median } from "@sebench/measure";
import { z } from "zod";
import { amount, count, type Interval, milliseconds, words } from "../record/quantity.ts";

/**
 * The steps from nothing to the first answer, in their order: the process or the page begins to run
 * code, the engine is loaded, the model is read, the session is made, and the first image is
 * answered.
 */
export const startSteps = ["host", "engine", "model", "session", "answer"] as const;
export type StartStep = (typeof startSteps)[number];

/**
 * The moments at which memory is read: before the engine is loaded, with the engine idle, with the
 * session made, after the last run with the garbage collected, at the peak of all this, and after
 * session and engine were disposed of.
 */
export const memoryMoments = ["before", "engine", "session", "peak", "steady", "disposed"] as const;
export type MemoryMoment = (typeof memoryMoments)[number];

/** The kinds of what a page loads. */
export const byteKinds = ["javascript", "wasm", "model"] as const;
export type ByteKind = (typeof byteKinds)[number];

/** A quantity that each start gives once. */
function onceAStart(quantity: z.ZodType<number>) {
  return z.strictObject({
    median: amount,
    /** The quantity of each start, in their order. */
    starts: z.array(quantity).min(1).readonly(),
  });
}
export type OnceAStart = z.infer<ReturnType<typeof onceAStart>>;

const time = onceAStart(milliseconds);
const size = onceAStart(count);

/** The bytes of one kind that a page loads, each file once. */
const loadedBytes = z.strictObject({
  files: count,
  /** The bytes of the files as they are. */
  raw: count,
  /** The bytes that the page's server sent, uncompressed and with headers, as the page tells. */
  sent: count,
  /** The bytes after gzip at level 6, worked out from the files. */
  gzip: count,
  /** The bytes after brotli at quality 5, worked out from the files. */
  brotli: count,
});

/** The starts of one member, each in a process or a browser that did nothing before. */
const memberStartFields = z.strictObject({
  stepsMs: z.strictObject({
    host: time,
    engine: time,
    model: time,
    session: time,
    answer: time,
  }),
  /** The time from the start of the process or page to the first answer. */
  firstAnswerMs: time,
  /** The median of the runs after the first answer. */
  steadyMs: time,
  /** The number of runs after the first answer, by start. */
  runs: z.array(count).readonly(),
  /**
   * The resident bytes of the process, or of all of the browser's processes together, or null if
   * the system does not tell.
   */
  residentBytes: z
    .strictObject({
      before: size,
      engine: size,
      session: size,
      peak: size,
      steady: size,
      disposed: size,
    })
    .nullable(),
  /** The proportional set size at the same moments, or null if the system does not tell. */
  proportionalBytes: z
    .strictObject({ before: size, engine: size, session: size, steady: size, disposed: size })
    .nullable(),
  /** What the page loaded, or null in a process. */
  bytes: z
    .strictObject({ javascript: loadedBytes, wasm: loadedBytes, model: loadedBytes })
    .nullable(),
});
export type MemberStart = z.infer<typeof memberStartFields>;

const memberStart = memberStartFields.refine(isWhole, {
  error: "has more starts of one quantity than of another",
});

const measuredStart = z.strictObject({
  ok: z.literal(true),
  /** The form that was started. The other forms of the pair have these figures too. */
  lowering: words,
  /** The state of the system's file cache: `warm` if the files had just been read. */
  fileCache: z.enum(["warm"]),
  plain: memberStart,
  se: memberStart,
});
export type MeasuredStart = z.infer<typeof measuredStart>;

/** The starts of a case's members, or why there are none. */
export const startRecord = z.discriminatedUnion("ok", [
  measuredStart,
  z.strictObject({ ok: z.literal(false), reason: words, remedy: words.nullable() }),
]);
export type StartRecord = z.infer<typeof startRecord>;

/** Whether each start gave every quantity. */
function isWhole({ stepsMs, firstAnswerMs, steadyMs, runs, ...memory }: MemberStart): boolean {
  const sizes = [memory.residentBytes, memory.proportionalBytes].flatMap((moments) =>
    moments === null ? [] : Object.values(moments),
  );
  const all = [...Object.values(stepsMs), firstAnswerMs, steadyMs, ...sizes];
  return all.every(({ starts }) => starts.length === runs.length);
}

/** Joins what each start gave into the form of the record. */
export function overStarts(starts: readonly number[]): OnceAStart {
  return { median: median(starts), starts };
}

/** The least and the greatest value of all starts. */
export function rangeOfStarts({ starts }: OnceAStart): Interval {
  return [Math.min(...starts), Math.max(...starts)];
}

/**
 * The bytes by which resident memory grew from before the engine was loaded, or null if the system
 * does not tell.
 */
export function memoryGrowth(
  { residentBytes }: Pick<MemberStart, "residentBytes">,
  moment: Exclude<MemoryMoment, "before">,
): OnceAStart | null {
  if (residentBytes === null) return null;
  const { before, [moment]: after } = residentBytes;
  return overStarts(after.starts.map((bytes, at) => Math.max(0, bytes - before.starts[at]!)));
}

/** The bytes that a visitor downloads if a server compresses with brotli, or null in a process. */
export function downloadBytes({ bytes }: Pick<MemberStart, "bytes">): number | null {
  return bytes && byteKinds.reduce((sum, kind) => sum + bytes[kind].brotli, 0);
}

/**
 * The time to the first answer over a network, worked out: what was measured without one, and the
 * time of the download at the rate, with nothing going on meanwhile.
 */
export function firstAnswerOverNetwork(
  start: Pick<MemberStart, "bytes" | "firstAnswerMs">,
  megabitsPerSecond: number,
): number | null {
  const bytes = downloadBytes(start);
  return bytes === null
    ? null
    : start.firstAnswerMs.median + (bytes * 8) / (1000 * megabitsPerSecond);
}
