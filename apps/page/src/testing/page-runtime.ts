import type { PageWindow } from "@sebench/jobs";
import type { LoweredNetwork } from "@sebench/lowering";
import type {
  EncodedModel,
  Engine,
  EngineOptions,
  ProfiledSession,
  Runtime,
  Session,
  SessionOptions,
  StagedInput,
} from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { JSHandle } from "playwright";
import type { TestPage } from "./test-browser.ts";

/** A model that lies in the page. */
export interface PageModel extends EncodedModel {
  readonly handle: JSHandle<EncodedModel>;
}

interface PageInput extends StagedInput {
  readonly handle: JSHandle<StagedInput>;
}

/** A runtime of the page, driven from Node: every call goes to the real engine there. */
export function pageRuntime(runtime: Runtime, open: () => Promise<TestPage>): Runtime {
  return { ...runtime, load: async (options) => loadInPage(runtime, await open(), options) };
}

async function loadInPage(
  { id }: Runtime,
  opened: TestPage,
  options: EngineOptions,
): Promise<Engine<PageModel>> {
  const engine = await opened.page.evaluateHandle(
    ([name, its]) => (globalThis as unknown as PageWindow).sebench.load(name, its),
    [id, options] as const,
  );
  return {
    probe: () => engine.evaluate((it) => it.probe()),
    encode: (lowered, sessionOptions) => encodeInPage(engine, lowered, sessionOptions),
    prepare: async ({ handle }, sessionOptions) =>
      sessionInPage(
        await engine.evaluateHandle((it, [model, its]) => it.prepare(model, its), [
          handle,
          sessionOptions,
        ] as const),
      ),
    prepareProfiled: async ({ handle }, sessionOptions) =>
      profiledInPage(
        await engine.evaluateHandle((it, [model, its]) => it.prepareProfiled!(model, its), [
          handle,
          sessionOptions,
        ] as const),
      ),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

async function encodeInPage(
  engine: JSHandle<Engine>,
  { network, weights, lowering }: LoweredNetwork,
  options: SessionOptions,
): Promise<PageModel> {
  const handle = await revive(
    engine.evaluateHandle(
      (it, [graph, entries, name, its]) =>
        it.encode({ network: graph, weights: new Map(entries), lowering: name }, its),
      [network, [...weights], lowering, options] as const,
    ),
  );
  return { handle, byteLength: await handle.evaluate((model) => model.byteLength) };
}

function sessionInPage(session: JSHandle<Session>): Session<PageInput> {
  return {
    stage: async (images) => ({
      handle: await revive(session.evaluateHandle((it, its) => it.stage(its), images)),
    }),
    run: ({ handle }) => session.evaluate((it, staged) => it.run(staged), handle),
    attest: () => session.evaluate((it) => it.attest()),
    [Symbol.asyncDispose]: () => session.evaluate(async (it) => it[Symbol.asyncDispose]()),
  };
}

function profiledInPage(session: JSHandle<ProfiledSession>): ProfiledSession<PageInput> {
  return Object.assign(sessionInPage(session), {
    endProfile: () => session.evaluate((it) => it.endProfile()),
  });
}

/**
 * Gives an answer of the page, or throws its error, which leaves the page as text that begins with
 * the error's name.
 */
async function revive<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (cause) {
    const [, message] = /InputError: (.*)/.exec((cause as Error).message) ?? [];
    throw message === undefined ? cause : new InputError(message, { cause });
  }
}
