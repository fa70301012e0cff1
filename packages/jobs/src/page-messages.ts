import { memoryMoments, pageFacts } from "@sebench/results";
import { z } from "zod";
import type { PageMessage } from "./page-protocol.ts";

/** The most bytes of a message. */
export const messageLimit = 8 * 2 ** 20;

const job = z.uuid();
const amount = z.number().min(0);
const text = z.string().max(20_000);

/** An end of an interval, which is infinite where two replicas lie far apart. */
const end = z.custom<number>((value) => typeof value === "number");

/** How far a job is. */
const progress = z.union([
  z.strictObject({
    phase: z.enum(["prepare", "warm-up", "rounds", "logits", "accuracy", "attest"]),
    replica: amount,
    replicas: amount,
    rounds: amount,
    elapsedMs: amount,
    interval: z.tuple([end, end]).nullable(),
    labelled: z.strictObject({ done: amount, total: amount }).nullable(),
  }),
  z.strictObject({
    phase: z.enum(["oracle", "images", "starts", "serving", "soak"]),
    done: amount,
    total: amount,
  }),
]);

const error = z.strictObject({
  name: text,
  message: text,
  remedy: text.nullable(),
  stack: text.nullable(),
});

/**
 * The schema of what a page sends, which may be anybody's device. A request is compared with what
 * its job entitles the page to (`mayAsk`), and an answer has the schema of its job's kind
 * (`answerSchemas`).
 */
const pageMessage = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("hello"),
    facts: pageFacts,
    name: z.string().max(80).nullable(),
  }),
  z.strictObject({
    kind: z.literal("supply"),
    job,
    request: z.looseObject({
      what: z.enum(["model", "images", "labelled", "file", "imported", "inputs"]),
    }),
  }),
  z.strictObject({ kind: z.literal("progress"), job, progress }),
  z.strictObject({
    kind: z.literal("conditions"),
    job,
    step: z.enum(["start", "mark", "lap", "stop"]),
  }),
  z.strictObject({ kind: z.literal("memory"), job, moment: z.enum(memoryMoments) }),
  z.strictObject({
    kind: z.literal("result"),
    job,
    outcome: z.discriminatedUnion("ok", [
      z.strictObject({ ok: z.literal(true), answer: z.unknown() }),
      z.strictObject({ ok: z.literal(false), error }),
    ]),
  }),
]);

/** Reads a message, or says what is wrong with it. */
export function readPageMessage(
  value: unknown,
):
  | { readonly ok: true; readonly message: PageMessage }
  | { readonly ok: false; readonly reason: string } {
  const read = pageMessage.safeParse(value);
  return read.success
    ? { ok: true, message: read.data as PageMessage }
    : { ok: false, reason: z.prettifyError(read.error) };
}
