import type {
  EncodedModel,
  Engine,
  NamedTensor,
  RunInput,
  Session,
  SessionOptions,
  StagedInput,
} from "@sebench/runtime";
import type { MemberProof } from "../measurement/measurement.ts";
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

/** The members in a replica: plain, and then one or more forms of the network with SE; or one alone. */
export type PreparedMembers = readonly PreparedMember[];

export interface Preparation {
  readonly engine: Engine;
  readonly sessionOptions: SessionOptions;
  /** The inputs of runs, at least of one: batches of images, or the inputs of a model's file. */
  readonly batches: readonly RunInput[];
  readonly now: Clock;
  /** The `slowdown` of `MeasureOptions`: the share by which runs of members but the first take longer. */
  readonly slowdown: number | undefined;
}

/**
 * Prepares the members and runs each once.
 *
 * @param models The encoded models, plain first.
 * @param order The order in which they are prepared.
 * @param keep Called with each session as soon as it is open, so that it is disposed of
 * whatever follows.
 */
export async function prepareMembers(
  models: readonly EncodedModel[],
  order: Order,
  preparation: Preparation,
  keep: (session: Session) => void,
): Promise<PreparedMembers> {
  const prepared: PreparedMember[] = [];
  for (const index of order) {
    prepared[index] = await prepareMember(models[index]!, index > 0, preparation, keep);
  }
  return prepared;
}

async function prepareMember(
  model: EncodedModel,
  hasSe: boolean,
  { engine, sessionOptions, batches, now, slowdown }: Preparation,
  keep: (session: Session) => void,
): Promise<PreparedMember> {
  const beforePrepare = now();
  const prepared = await engine.prepare(model, sessionOptions);
  const prepareMs = now() - beforePrepare;
  keep(prepared);
  const session =
    slowdown === undefined ? prepared : slowedSession(prepared, hasSe ? slowdown : 0, now);

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

/** Asks the members one after another, in their order. */
async function eachInTurn<Of>(
  members: PreparedMembers,
  ask: (member: PreparedMember) => Promise<Of>,
): Promise<Of[]> {
  const answers: Of[] = [];
  for (const member of members) answers.push(await ask(member));
  return answers;
}

/** Has each member give its answers, and then prove its device, one after another. */
export async function proofsOf(
  members: PreparedMembers,
  tell: (phase: "logits" | "attest") => Promise<void> | void,
  between: () => Promise<void> = async () => {},
): Promise<MemberProof[]> {
  await tell("logits");
  const answers = await eachInTurn(members, answersOf);
  await between();
  await tell("attest");
  const attestations = await eachInTurn(members, ({ session }) => session.attest());
  return answers.map(({ logits, outputs }, member) => {
    return { logits, outputs, attestation: attestations[member]! };
  });
}

type Answers = Pick<MemberProof, "logits" | "outputs">;

async function answersOf({ session, inputs }: PreparedMember): Promise<Answers> {
  if (!session.outputs) return { logits: await logitsOf({ session, inputs }), outputs: null };
  const outputs: (readonly NamedTensor[])[] = [];
  for (const input of inputs) outputs.push(await session.outputs(input));
  return { logits: new Float32Array(), outputs };
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
    stage: (input) => session.stage(input),
    ...(session.outputs && { outputs: (input) => session.outputs!(input) }),
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
