import type { Engine, Precision, Session, SessionOptions } from "../runtime.ts";
import { expectedRanges, type Fixture } from "./fixture.ts";

/** An engine, and the precision that its sessions are to have. */
export interface TestedEngine {
  readonly engine: Engine;
  readonly precision: Precision;
}

/** Encodes and prepares; who calls it disposes of the session. */
export async function openSession(
  { engine, precision }: TestedEngine,
  fixture: Fixture,
  batch: number,
): Promise<Session> {
  const { lowered } = fixture;
  const options: SessionOptions =
    precision === "int8"
      ? { batch, precision, ranges: { [lowered.network.name]: expectedRanges(fixture) } }
      : { batch, precision };
  return engine.prepare(await engine.encode(lowered, options), options);
}

/** Lends a session to `use`, and disposes of it. */
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
