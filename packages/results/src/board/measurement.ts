import { latencySummary, median, type OverheadEstimate, type Samples } from "@sebench/measure";
import { oneLine } from "@sebench/spec";
import { z } from "zod";
import { loweringName, tableName } from "../case/case-record.ts";
import { memberParity } from "../case/member-record.ts";
import {
  amount,
  count,
  divisor,
  fraction,
  interval,
  latencyRatio,
  milliseconds,
  ofBoth,
  quantity,
} from "../record/quantity.ts";

/** The schema of a measurement that this version writes and reads. */
export const measurementVersion = "sebench-measurement/1";

/** The kinds of device that the board tells apart. */
export const deviceKinds = ["phone", "tablet", "computer", "server"] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/** A short text of one line, as a person, an engine or a browser gave it. */
export const label = z
  .string()
  .min(1)
  .max(80)
  .refine((text) => text === oneLine(text), "is not one line of text that can be seen");

/** A day in UTC, as ISO 8601 writes it. */
export const day = z.iso.date();

/** The device that measured, with nothing that tells one person's from another's of its kind. */
const device = z.strictObject({
  kind: z.enum(deviceKinds),
  /** The name that a person typed in, such as `Pixel 9`, or null. */
  name: label.nullable(),
  /** The family of the system, without its version: `Android`. */
  system: label,
  /** The model of the processor, or null where a page measured, which cannot know it. */
  processor: label.nullable(),
  /** The logical cores as the host tells them, which some browsers make up, or null. */
  cores: count.min(1).max(4096).nullable(),
  /** The adapter or renderer of a GPU, or null where none computed. */
  adapter: label.nullable(),
});

/** What a page tells of the conditions under which it measured. */
const page = z.strictObject({
  secureContext: z.boolean(),
  /** Whether the page was cross-origin isolated, which threads and a fine clock need. */
  isolated: z.boolean(),
  /** The least step of the clock that was seen, in milliseconds. */
  clockStepMs: divisor.max(1000),
  /**
   * The runs that were timed as one, so that a coarse clock tells their time; what is told of a run
   * is the time of them all, divided by their number.
   */
  runsPerSample: count.min(1).max(1_000_000),
  /** How often the page was hidden while it measured; it waits meanwhile. */
  timesHidden: count,
});

/** What executed the JavaScript. */
const host = z.strictObject({
  name: z.enum([
    "node",
    "bun",
    "deno",
    "chromium",
    "firefox",
    "webkitgtk",
    "safari",
    "another browser",
  ]),
  /** The version, of a browser that a person uses its first number alone, or null. */
  version: label.nullable(),
  /** The conditions of a page, or null where the harness drove the host and knows its own. */
  page: page.nullable(),
});

/** Weights that anybody can make again. */
const weights = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("seeded"), seed: count }),
  z.strictObject({ kind: z.literal("trained") }),
]);

/** What was measured. */
const subject = z.strictObject({
  runtime: z
    .string()
    .max(40)
    .regex(/^[\w-]+\/[\w-]+$/, "is not engine/device"),
  engineVersion: label,
  network: tableName.max(80),
  plain: tableName.max(80),
  imageSize: count.min(1).max(4096),
  batch: count.min(1).max(4096),
  precision: z.enum(["fp32", "fp16", "int8"]),
  lowering: loweringName.max(200),
  weights,
  images: z.strictObject({ dataset: z.enum(["fashion-mnist", "photographs"]), count }),
  /** The threads asked of the engine, or null for its own default. */
  threads: count.min(1).max(1024).nullable(),
});

/** The proof of which device did the work. */
const proof = z.strictObject({
  device: z.enum(["cpu", "cuda", "tensorrt", "wasm", "webgl", "webgpu", "webnn"]),
  proven: z.literal(true),
  /** Whether the CPU played a GPU. */
  software: z.boolean(),
  /** The threads that computed, as proven, or null where a GPU did. */
  threads: count.min(1).max(1024).nullable(),
  /** Whether the binary that computed has SIMD, by its name; null where that is not known. */
  simd: z.boolean().nullable(),
  tf32: z.boolean(),
});

/** The most replicas, and the most rounds of one, of which a measurement has samples. */
const most = { replicas: 64, rounds: 32, samples: 384 } as const;

/** The latencies of one member. */
const member = z.strictObject({
  /** The number of all samples. */
  n: count.min(1),
  minMs: divisor,
  p50Ms: divisor,
  /**
   * The median run of some rounds, by replica, in milliseconds: all rounds, or as many that lie at
   * equal distances. Both members have the same ones.
   */
  samplesMs: z
    .array(z.array(milliseconds).min(1).max(most.rounds).readonly())
    .max(most.replicas)
    .readonly(),
});

/** The standard error of a ratio's logarithm beyond which nothing is known of it. */
const mostError = 10;

/** The overhead, as a run's record has it, from at least two replicas. */
const overhead = z.strictObject({
  ratio: latencyRatio,
  interval,
  replicas: z.array(latencyRatio).min(2).max(most.replicas).readonly(),
  within: z
    .array(z.strictObject({ error: amount.max(mostError), rounds: count.min(1) }))
    .min(2)
    .max(most.replicas)
    .readonly(),
  rounds: count.min(2),
  stopped: z.enum(["precise", "budget"]),
});

const parity = memberParity.extend({
  maxAbs: amount,
  relative: amount,
  top1Agreement: fraction,
  pass: z.literal(true),
});

/** The logits of the first image, the first ones of them. */
export const mostLogits = 32;
const someLogits = z.array(quantity).min(1).max(mostLogits).readonly();

/** What SE costs in one network on one runtime and device: what a person submits to the board. */
export const measurement = z.strictObject({
  schema: z.literal(measurementVersion),
  /** The version of sebench. */
  sebench: label,
  day,
  device,
  host,
  subject,
  proof,
  members: ofBoth(member),
  overhead,
  parity: z.strictObject({ tolerance: amount, plain: parity, se: parity }),
  /**
   * The first logits of the first image by each member, which are held against the oracle's again,
   * or null where the measurement was made of a run's record, which keeps none.
   */
  logits: ofBoth(someLogits).nullable(),
});
export type Measurement = z.infer<typeof measurement>;

/** The samples of both members by replica, round and run, in milliseconds. */
export type PairSamples = Readonly<Record<"plain" | "se", Samples>>;

/** The latencies of both members, thinned so that a person can paste them. */
export function thinnedMembers({ plain, se }: PairSamples): Measurement["members"] {
  const least = Math.max(1, Math.floor(most.samples / plain.length));
  const picked = plain.map((rounds) => evenly(rounds.length, Math.min(most.rounds, least)));
  const summary = (samples: Samples) => {
    const { n, min, p50 } = latencySummary(samples);
    const samplesMs = samples.map((rounds, replica) =>
      picked[replica]!.map((at) => brief(median(rounds[at]!))),
    );
    return { n, minMs: brief(min), p50Ms: brief(p50), samplesMs };
  };
  return { plain: summary(plain), se: summary(se) };
}

/** So many of the places 0, 1, ..., at equal distances, or all where there are fewer. */
function evenly(length: number, wanted: number): number[] {
  const taken = Math.min(length, wanted);
  return Array.from({ length: taken }, (_, at) => Math.floor((at * length) / taken));
}

/** A number with six digits, which are more than any clock here tells. */
function brief(value: number): number {
  return Number(value.toPrecision(6));
}

/** The overhead as a measurement has it, or null where one replica gives no interval. */
export function overheadFields(
  { ratio, interval: within95, replicas, within, rounds }: OverheadEstimate,
  stopped: "precise" | "budget",
): Measurement["overhead"] | null {
  if (within95 === null) return null;
  return { ratio, interval: within95, replicas, within, rounds, stopped };
}

/**
 * Whether the wasm binary that computed has SIMD, as the device's details tell by the binary's name;
 * null where no wasm computed, or where the name was not seen.
 */
export function simdOf({ device: kind, details }: SimdEvidence): boolean | null {
  const { simd, relaxedSimd, binary } = details;
  if (kind !== "wasm" || binary === "not told") return null;
  if (relaxedSimd === true) return true;
  return typeof simd === "boolean" ? simd : null;
}

interface SimdEvidence {
  readonly device: string;
  /** The details of the device, as probing gave them. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** The first line of a block in which a measurement is pasted. */
const fence = "```json";

/** A measurement as a block of Markdown, to be pasted into an issue. */
export function measurementBlock(made: Measurement): string {
  return `${fence}\n${JSON.stringify(made)}\n\`\`\`\n`;
}
