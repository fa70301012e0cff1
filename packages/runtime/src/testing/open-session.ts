import type { Precision } from "../device.ts";
import type { EncodedModel, Engine, ProfiledSession, Session, SessionOptions } from "../runtime.ts";
import { type Fixture, type FixtureName, makeFixture } from "./fixture.ts";

/** An engine, and the precision that its sessions have in the tests. */
export interface TestedEngine {
  readonly engine: Engine;
  readonly precision: Precision;
}

/**
 * Sessions of each network for one image, each opened when a test first asks for it. Tests that
 * leave a session as it was share it, since a software GPU can take half a minute to compile a
 * network's shaders.
 */
export class SharedSessions implements AsyncDisposable {
  readonly #tested: TestedEngine;
  readonly #opened = new Map<FixtureName, Promise<Session>>();

  constructor(tested: TestedEngine) {
    this.#tested = tested;
  }

  of(name: FixtureName): Promise<Session> {
    const session = this.#opened.get(name) ?? openSession(this.#tested, makeFixture(name), 1);
    this.#opened.set(name, session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of await Promise.allSettled(this.#opened.values())) {
      if (opened.status === "fulfilled") await opened.value[Symbol.asyncDispose]();
    }
  }
}

/** Encodes a network and prepares its session, which the caller disposes of. */
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
      ? { batch, precision, ranges: { [lowered.network.name]: fixture.ranges() } }
      : { batch, precision };
  return { model: await engine.encode(lowered, options), options };
}

/** Lends a session to `use`, and disposes of the session afterwards. */
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
