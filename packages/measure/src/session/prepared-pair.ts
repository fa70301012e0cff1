import type { EncodedModel, Engine, Session, SessionOptions, StagedInput } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import type { Member } from "../measurement/measurement.ts";
import type { Order } from "./round-order.ts";
import type { Clock } from "./visit.ts";

/** A member in a replica after its first run. */
export interface PreparedMember {
  readonly session: Session;
  /** The staged batches of all images. */
  readonly inputs: readonly StagedInput[];
  readonly prepareMs: number;
  readonly firstRunMs: number;
}

export type PreparedPair = Readonly<Record<Member, PreparedMember>>;

export interface Preparation {
  readonly engine: Engine;
  readonly sessionOptions: SessionOptions;
  /** The batches of all images, at least one. */
  readonly batches: readonly Tensor[];
  readonly now: Clock;
  /** The `slowdown` of `MeasureOptions`: the share by which the SE member's runs take longer. */
  readonly slowdown: number | undefined;
}

/**
 * Prepares both members of a pair and runs each once.
 *
 * @param keep Called with each session as soon as it is open, so that it is disposed of
 * whatever follows.
 */
export async function preparePair(
  pair: Readonly<Record<Member, EncodedModel>>,
  [first, second]: Order,
  preparation: Preparation,
  keep: (session: Session) => void,
): Promise<PreparedPair> {
  const earlier = await prepareMember(first, pair[first], preparation, keep);
  const later = await prepareMember(second, pair[second], preparation, keep);
  return first === "plain" ? { plain: earlier, se: later } : { plain: later, se: earlier };
}

async function prepareMember(
  member: Member,
  model: EncodedModel,
  { engine, sessionOptions, batches, now, slowdown }: Preparation,
  keep: (session: Session) => void,
): Promise<PreparedMember> {
  const beforePrepare = now();
  const prepared = await engine.prepare(model, sessionOptions);
  const prepareMs = now() - beforePrepare;
  keep(prepared);
  const session =
    slowdown === undefined
      ? prepared
      : slowedSession(prepared, member === "se" ? slowdown : 0, now);

  const [firstBatch, ...laterBatches] = batches;
  const inputs = [await session.stage(firstBatch!)];
  const beforeRun = now();
  await session.run(inputs[0]!);
  const firstRunMs = now() - beforeRun;

  for (const batch of laterBatches) {
    inputs.push(await session.stage(batch));
  }
  return { session, inputs, prepareMs, firstRunMs };
}

/** The logits of every image, row-major `[images, classes]`. */
export async function logitsOf({
  session,
  inputs,
}: Pick<PreparedMember, "session" | "inputs">): Promise<Float32Array> {
  const outputs: Float32Array[] = [];
  for (const input of inputs) {
    outputs.push(await session.run(input));
  }
  return joined(outputs);
}

/** The values of all arrays, one array after another. */
export function joined(arrays: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    whole.set(array, offset);
    offset += array.length;
  }
  return whole;
}

/**
 * A session each of whose runs takes longer by a share of itself, spent in a
 * busy wait inside the timed region: a slowdown whose size is known.
 *
 * @param share The share by which runs take longer: 0.02 is 2 %.
 */
export function slowedSession(session: Session, share: number, now: Clock): Session {
  return {
    stage: (images) => session.stage(images),
    attest: () => session.attest(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    async run(input) {
      const started = now();
      const logits = await session.run(input);
      const ended = now();
      const until = ended + share * (ended - started);
      while (now() < until);
      return logits;
    },
  };
}
