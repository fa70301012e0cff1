import { attestation, gpuStates } from "@sebench/results";
import { z } from "zod";
import type { EngineJob, Job, StartJob } from "./job.ts";

/** The schemas of what pages answer, so that nothing reaches a record that no job gives. */

const count = z.int().nonnegative();
const number = z.number();
const time = z.number().min(0);
const words = z.string().max(20_000);
const shown = z.union([z.string().max(2000), z.number(), z.boolean()]);

/** An array that `codec.ts` packs as such: JSON's own arrays are not taken for it. */
const floats = z.instanceof(Float32Array);
const integers = z.instanceof(Int32Array);

const lack = { reason: words, remedy: words };

const availability = z.discriminatedUnion("ok", [
  z.strictObject({
    ok: z.literal(true),
    version: words,
    device: z.strictObject({ name: words, details: z.record(z.string(), shown) }),
    software: z.boolean(),
    lacks: z.partialRecord(z.enum(["fp32", "fp16", "int8"]), z.strictObject(lack)).optional(),
  }),
  z.strictObject({ ok: z.literal(false), ...lack }),
]);

const namedTensor = z.strictObject({
  name: words,
  type: z.enum([
    "float32",
    "float64",
    "float16",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "bool",
  ]),
  shape: z.array(count),
  data: z.custom<ArrayBufferView>((value) => ArrayBuffer.isView(value)),
});

const proof = z.strictObject({
  attestation,
  logits: floats,
  outputs: z.array(z.array(namedTensor)).nullable(),
});

const told = number.nullable();

const conditions = z.strictObject({
  rounds: z.array(
    z.strictObject({
      foreignCores: told,
      load: told,
      clockMHz: told,
      temperatureC: told,
      powerW: told,
      disturbed: z.boolean(),
      processorMs: z.array(number).nullable(),
      voided: z.literal(false).optional(),
    }),
  ),
  voided: count.optional(),
  gpus: gpuStates,
});

const prepared = { prepareMs: time, firstRunMs: time };

const measured = z.strictObject({
  replicas: z
    .array(
      z.strictObject({
        order: z.array(count),
        members: z.array(
          z.strictObject({
            ...prepared,
            warmUpRuns: count,
            steady: z.boolean(),
            samplesMs: z.array(z.array(time)),
            runsPerSample: count.optional(),
            processorMs: z.array(number).nullable(),
          }),
        ),
        conditions: conditions.nullable(),
      }),
    )
    .min(1),
  proofs: z.array(proof).min(1),
  labelledLogits: z.array(floats).nullable(),
  stopped: z.enum(["precise", "budget"]),
  replicasMs: time,
});

const ofBoth = <Of extends z.ZodType>(of: Of) => z.strictObject({ plain: of, se: of });

const memberProfile = z.strictObject({
  clock: z.enum(["host", "gpu"]),
  runMs: time,
  runs: count,
  kernels: z.array(z.strictObject({ node: words, op: words, inputs: told, ms: number })),
});

const memory = { residentBytes: count, proportionalBytes: count.nullable() };
const reading = z.strictObject(memory).nullable();

const started = z.strictObject({
  measured: z.strictObject({
    stepsMs: z.strictObject({ host: time, engine: time, model: time, session: time, answer: time }),
    runsMs: z.array(time),
    memory: z.strictObject({
      before: reading,
      engine: reading,
      session: reading,
      peak: reading,
      steady: reading,
      disposed: reading,
    }),
    first: floats,
    last: floats,
  }),
  loaded: z.array(
    z.strictObject({
      path: words,
      transferSize: count,
      encodedBodySize: count,
      decodedBodySize: count,
    }),
  ),
});

/** The schema of each kind's answer; a start's is that of its page. */
const answerSchemas: Readonly<Record<(EngineJob | StartJob)["kind"], z.ZodType>> = {
  probe: availability,
  measure: measured,
  prove: z.strictObject({
    order: z.array(count),
    members: z.array(z.strictObject(prepared)),
    proofs: z.array(proof).min(1),
  }),
  explain: z.strictObject({
    replicas: z.array(
      z.looseObject({
        members: ofBoth(z.looseObject({ samplesMs: z.array(z.array(time)) })),
        profiles: ofBoth(memberProfile),
      }),
    ),
    attestation: ofBoth(attestation),
  }),
  infer: z.strictObject({
    labels: integers,
    broken: z.array(z.strictObject({ file: words, reason: words })),
    hashes: z.array(words),
    models: z.array(z.strictObject({ top: integers, rank: integers, rows: floats.nullable() })),
    attestation,
  }),
  roofline: z.strictObject({ peakMacsPerSecond: time, bytesPerSecond: time }),
  race: z.strictObject({
    entrants: z.array(
      z.discriminatedUnion("ok", [
        z.strictObject({
          ok: z.literal(true),
          mediansMs: z.array(time),
          attestation: attestation.optional(),
        }),
        z.strictObject({ ok: z.literal(false), reason: words }),
      ]),
    ),
    expected: floats,
  }),
  soak: z.strictObject({
    runsMs: z.array(time),
    checkpoints: z.array(z.strictObject({ run: count, batch: count, logits: floats })),
    memory: z.array(z.strictObject({ run: count, ...memory })),
    changedAt: count.nullable(),
    died: z.strictObject({ run: count, reason: words }).nullable(),
    attestation: attestation.nullable(),
  }),
  nodes: z.array(floats),
  start: started,
};

/** Says what is wrong with the answer to a job of a kind, or gives null where it has the schema. */
export function faultOfAnswer(kind: Job["kind"], answer: unknown): string | null {
  const schema = (answerSchemas as Partial<Record<Job["kind"], z.ZodType>>)[kind];
  if (schema === undefined) return `no page answers a job of the kind ${kind}`;
  const { error } = schema.safeParse(answer);
  return error ? z.prettifyError(error) : null;
}
