import { describeError } from "@sebench/spec";
import { connect, type Connection } from "../connection.ts";
import { loadEngine } from "../engines.ts";

/**
 * The page of a test that calls an engine step by step, in any browser: each order's job is a call,
 * and its result is what the call gave. Only tests build this page.
 */

/** A call of a function of an object that lies in the page. */
export interface Call {
  /** The place of the object among those that were kept, or null for the page itself. */
  readonly on: number | null;
  /** The function's name; `dispose` is the one that disposes of the object. */
  readonly call: string;
  readonly given: readonly unknown[];
  /** Whether the page keeps the answer, and tells its place alone. */
  readonly keep: boolean;
}

/** An object that the page has kept. */
export interface Kept {
  readonly kept: number;
  /** The bytes of a model; left out for another object. */
  readonly byteLength?: number;
}

type Functions = Record<string | symbol, (...given: unknown[]) => unknown>;

const page = { load: loadEngine } as unknown as Functions;
const objects: Functions[] = [];

/** Puts a kept object in the place of its number, and a map in that of a network's entries. */
function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("kept" in value) return objects[(value as Kept).kept];
  if (!("entries" in value)) return value;
  const { entries, ...lowered } = value as { readonly entries: [string, unknown][] };
  return { ...lowered, weights: new Map(entries) };
}

async function answer({ on, call, given, keep }: Call): Promise<unknown> {
  const object = on === null ? page : objects[on]!;
  const value = await object[call === "dispose" ? Symbol.asyncDispose : call]!(
    ...given.map(revive),
  );
  if (!keep) return value ?? null;
  const kept = objects.push(value as Functions) - 1;
  const { byteLength } = value as { readonly byteLength?: number };
  return (byteLength === undefined ? { kept } : { kept, byteLength }) satisfies Kept;
}

/** Answers calls until the server has the page loaded anew, which then has no engine. */
async function serve(connection: Connection): Promise<void> {
  for (;;) {
    const order = await connection.next();
    if (order.kind === "again") return location.reload();
    if (order.kind !== "job") continue;
    const outcome = await answer(order.job as unknown as Call).then(
      (value) => ({ ok: true, answer: value }) as const,
      (error: unknown) => ({ ok: false, error: describeError(error) }) as const,
    );
    await connection.send({ kind: "result", job: order.id, outcome });
  }
}

void serve(connect(new URLSearchParams(location.hash.slice(1)).get("t")!));
