import { z } from "zod";
import { count, divisor, words } from "../record/quantity.ts";
import { pageFacts } from "./page-facts.ts";
import { memberParity } from "./member-record.ts";
import { weights } from "./weights-origin.ts";

const detail = z.union([z.string(), z.number(), z.boolean()]);

/** The evidence of which device did the work. */
export const attestation = z.strictObject({
  device: z.enum(["cpu", "cuda", "tensorrt", "wasm", "webgl", "webgpu", "webnn"]),
  proven: z.boolean(),
  /** The reason why the device is not proven, or null if it is. */
  reason: words.nullable(),
  /** Whether the CPU serves a GPU interface (SwiftShader, llvmpipe). */
  software: z.boolean(),
  /** The threads that the engine computed with on the CPU, or null if a GPU computed. */
  threads: count.min(1).nullable(),
  /** Whether a GPU may have rounded factors to TF32, which makes the tolerance of parity wider. */
  tf32: z.boolean().default(false),
  /** The words of the engine or the browser that prove the device. */
  evidence: z.record(z.string(), z.unknown()),
});
export type AttestationRecord = z.infer<typeof attestation>;

/** The part of onnxruntime's evidence of a member that says where its nodes ran. */
const profiled = z.object({
  providers: z.record(z.string(), count),
  operators: z.record(z.string(), count).default({}),
  elsewhere: z
    .array(z.object({ node: z.string(), op: z.string(), why: z.enum(["integers", "no kernel"]) }))
    .readonly()
    .default([]),
  copies: z.object({ ms: z.number() }).nullable().default(null),
});

/** The part of tfjs's evidence of a member: the kernels of a run, all of one backend. */
const counted = z.object({ kernels: z.record(z.string(), count) });

/** The places where the nodes of a member ran. */
export interface NodePlaces {
  /** The engine's units of work: onnxruntime's nodes after its optimisation, tfjs's kernels. */
  readonly unit: "nodes" | "kernels";
  /** The number of nodes, without the copies between them. */
  readonly total: number;
  /** The number of those that ran on another device than the one that the record names. */
  readonly elsewhere: number;
  /** The nodes that ran elsewhere, where the record names them. */
  readonly named: z.infer<typeof profiled>["elsewhere"];
  /** The copies between the device's memory and the host's, and the time of all of them in a run. */
  readonly copies: { readonly count: number; readonly ms: number | null };
  /** The nodes that bring values into another order in memory. */
  readonly reorders: number;
}

/** Reads the places of a member's nodes from the evidence, or gives null where it has none. */
export function nodePlaces(
  { evidence }: Pick<AttestationRecord, "evidence">,
  member: "plain" | "se",
): NodePlaces | null {
  const own = evidence[member];
  const onnxruntime = profiled.safeParse(own);
  if (onnxruntime.success) return profiledPlaces(onnxruntime.data);
  const tfjs = counted.safeParse(own);
  if (!tfjs.success) return null;
  const { kernels } = tfjs.data;
  const copies = { count: 0, ms: null };
  const reorders = kernels["Transpose"] ?? 0;
  return { unit: "kernels", total: sum(kernels), elsewhere: 0, named: [], copies, reorders };
}

function profiledPlaces(found: z.infer<typeof profiled>): NodePlaces {
  const { providers, operators, elsewhere, copies } = found;
  const of = (...names: readonly string[]) =>
    names.reduce((total, name) => total + (operators[name] ?? 0), 0);
  const onCpu = providers["CPUExecutionProvider"] ?? 0;
  const copied = of("MemcpyFromHost", "MemcpyToHost");
  return {
    unit: "nodes",
    total: sum(providers) - copied,
    elsewhere: Object.keys(providers).length > 1 ? onCpu : 0,
    named: elsewhere,
    copies: { count: copied, ms: copies?.ms ?? null },
    reorders: of("ReorderInput", "ReorderOutput", "Transpose"),
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, own) => total + own, 0);
}

/** The origin of the scales of int8. */
const quantisation = z.strictObject({
  /**
   * The method: with `min-max`, an activation's scale spans the least and the greatest
   * value that were seen.
   */
  method: z.enum(["min-max"]),
  /** The data set on whose first images the values were seen. */
  dataset: words,
  images: count.min(1),
  /** The part of the network that stayed in fp32; left out where all of it was quantised. */
  keep: z.literal("se").optional(),
});

/** The fields that say what a case ran, and that the device which it names did the work. */
export const proofFields = {
  /** The version of the engine, in its own words. */
  engineVersion: words,
  /** The version of the host, in its own words: `v20.20.2`, `147.0.7727.0`. */
  hostVersion: words,
  /** The way in which the host was started, or null in a record of before it was told. */
  hostStart: z
    .strictObject({
      /** The variables and switches by which host and engine reported nothing to their makers. */
      quiet: z.array(words).readonly(),
      /** `on`, or `off` and why, of the browser's sandbox; null where the host is no browser. */
      sandbox: words.nullable(),
      /**
       * Preferences and switches that a browser is started with and no visitor's has, since they
       * bear on what is measured; left out where there are none.
       */
      settings: z.record(z.string(), detail).optional(),
      /** What the page of the case told of itself; left out where the page does not drive itself. */
      page: pageFacts.optional(),
    })
    .nullable()
    .default(null),
  /** The device that computed, as the engine or the system names it. */
  device: z.strictObject({ name: words, details: z.record(z.string(), detail) }),
  /** The threads asked of the engine, or null for the engine's own default. */
  threads: count.min(1).nullable(),
  weights,
  /** The images, or the inputs of a model's runs, by which answers were compared. */
  images: z.strictObject({ dataset: words, count }),
  /**
   * What the answers were held against where that is not the oracle: of a model's file that is not
   * imported, it is what onnxruntime-node/cpu gives for the untouched file without optimising it, or
   * for a TensorFlow Lite model's operators in ONNX; of a graph model of tfjs, what tfjs's own backend
   * in plain JavaScript gives for the file.
   */
  reference: z
    .enum(["file, not optimised", "file as ONNX, not optimised", "file, tfjs in plain JavaScript"])
    .optional(),
  /**
   * The form of batch normalisation, which was folded into the convolutions of a network before the
   * engine saw it. A model's file is run as it is.
   */
  batchNorm: z.enum(["folded", "as in the file"]),
  /** The origin of the scales of int8, or null at any other precision. */
  quantisation: quantisation.nullable().default(null),
  attestation: attestation.extend({ proven: z.literal(true), reason: z.null() }),
};

/** A difference over what is right, which is as large as a runtime is wrong. */
const share = z.number().min(0);

/** What a node reads, and how right that is. */
const readValue = z.strictObject({
  node: words,
  /** The least and the greatest value that is right. */
  range: z.tuple([z.number(), z.number()]).readonly(),
  /** The largest difference over the largest right value; null where a value is not finite. */
  error: share.nullable(),
});

/** The operator at which a network goes wrong on a runtime. */
const wrongOperator = z.strictObject({
  node: words,
  operator: words,
  role: words,
  stage: count.nullable(),
  block: count.nullable(),
  shape: z.array(count).readonly(),
  /** The largest difference of its values over the largest right one; null where one is not finite. */
  error: share.nullable(),
  /** The same against what the operator gives in float64 for the inputs that the runtime gave. */
  ownError: share.nullable(),
  /**
   * `operator` is wrong for right inputs; `largest` has the largest error of its own, of many that
   * add up; `rounding` says that no operator is wrong, and the network makes small errors large.
   */
  verdict: z.enum(["operator", "largest", "rounding"]),
  /** The place of the value that is furthest off: channel, row and column of a map. */
  place: z.array(count).readonly(),
  given: z.number().nullable(),
  expected: z.number().nullable(),
  inputs: z.array(readValue).readonly(),
});
export type WrongOperator = z.infer<typeof wrongOperator>;

/** What a case ran, the proof of its device, and its parity. */
export type ProofRecord = z.infer<z.ZodObject<typeof proofFields & { parity: typeof caseParity }>>;

/** The difference of both members' logits from the oracle's. */
export const caseParity = z.strictObject({
  /** The relative difference up to which parity holds. */
  tolerance: divisor,
  plain: memberParity,
  se: memberParity,
  /**
   * The operator at which a member goes wrong, on the image whose logits are furthest off; left out
   * where parity holds, or where none was found.
   */
  wrong: wrongOperator.extend({ member: z.enum(["plain", "se"]) }).optional(),
});
