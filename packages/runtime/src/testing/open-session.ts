import type { Precision } from "../device.ts";
import type { EncodedModel, Engine, ProfiledSession, Session, SessionOptions } from "../runtime.ts";
import { expectedRanges, type Fixture } from "./fixture.ts";

/** An engine, and the precision that its sessions have in the tests. */
export interface TestedEngine {
  readonly engine: Engine;
  readonly precision: Precision;
}

/** Encodes and prepares a fixture's network. The caller disposes of the session. */
export async function openSession(
  tested: TestedEngine,
  fixture: Fixture,
  batch: number,
): Promise<Session> {
  const { model, options } = await encode(tested, fixture, batch);
  return tested.engine.prepare(model, options);
}

/** Opens a session that keeps a profile, or gives null where the engine has no profiler. */
export async function openProfiledSession(
  tested: TestedEngine,
  fixture: Fixture,
  batch: number,
): Promise<ProfiledSession | null> {
  const { model, options } = await encode(tested, fixture, batch);
  return (await tested.engine.prepareProfiled?.(model, options)) ?? null;
}

async function encode(
  { engine, precision }: TestedEngine,
  fixture: Fixture,
  batch: number,
): Promise<{ readonly model: EncodedModel; readonly options: SessionOptions }> {
  const { lowered } = fixture;
  const options: SessionOptions =
    precision === "int8"
      ? { batch, precision, ranges: { [lowered.network.name]: expectedRanges(fixture) } }
      : { batch, precision };
  return { model: await engine.encode(lowered, options), options };
}

/** Lends a session to `use`, and disposes of it afterwards. */
export async function withSession<Result>(
  tested: TestedEngine,
  fixture: Fixture,
  batch: number,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(tested, fixture, batch);
  try {
    return await use(session);
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
