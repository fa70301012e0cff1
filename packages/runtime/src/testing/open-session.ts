import type { Engine, Session } from "../runtime.ts";
import type { Fixture } from "./fixture.ts";

/** Encodes and prepares; who calls it disposes of the session. */
export async function openSession(
  engine: Engine,
  { lowered }: Fixture,
  batch: number,
): Promise<Session> {
  const options = { batch, precision: "fp32" } as const;
  return engine.prepare(await engine.encode(lowered, options), options);
}

/** Lends a session to `use`, and disposes of it. */
export async function withSession<Result>(
  engine: Engine,
  fixture: Fixture,
  batch: number,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(engine, fixture, batch);
  try {
    return await use(session);
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
