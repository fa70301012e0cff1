import { randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import type { EngineJob, PageMessage, PageOrder } from "@sebench/jobs";
import type {
  EncodedModel,
  Engine,
  EngineOptions,
  ProfiledSession,
  Runtime,
  Session,
  StagedInput,
} from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Call, Kept } from "../../browser/testing/calls.ts";
import { bundle } from "../build-page.ts";
import { type PageServer, startPageServer } from "../page-server.ts";
import type { SessionHandler } from "../session-endpoint.ts";

/**
 * A page in any browser whose engines are called step by step over the protocol of pages that drive
 * themselves: each call is an order, and its answer a result.
 */
export interface CalledPage extends AsyncDisposable {
  /** The address that the browser is to open. */
  readonly address: string;
  /** A runtime of the page: every call goes to the real engine there, in a page without another. */
  runtime(runtime: Runtime): Runtime;
  /** Fails the call that waits for its answer, and those that come, as where the browser has ended. */
  end(reason: string): void;
}

/** Builds the page of calls into a folder and serves it. */
export async function openCalledPage(root: string): Promise<CalledPage> {
  const browser = path.join(import.meta.dirname, "../../browser");
  const input = { calls: path.join(browser, "testing/calls.html") };
  await bundle({ root: browser, outDir: root, input });
  const session = new CallSession();
  const server: PageServer = await startPageServer({ root, session });
  return {
    address: `${server.url}testing/calls.html#t=${session.token}`,
    runtime: (runtime) => ({ ...runtime, load: (options) => load(session, runtime, options) }),
    end: (reason) => session.end(reason),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A call that the page is to answer, or answers. */
interface Asked {
  readonly id: string;
  readonly call: Call;
  readonly settle: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** How long a page is left without an answer to what is to be done next, in milliseconds. */
const pollMs = 5000;

/** Hands calls to the page, one at a time, and has it loaded anew where that is asked for. */
class CallSession implements SessionHandler {
  readonly token = randomBytes(16).toString("hex");
  readonly #waiting: Asked[] = [];
  #current: Asked | null = null;
  #isDone = false;
  #ended: Error | null = null;
  #rouse: () => void = () => {};

  /** Calls a function of the page, and gives what it gave or throws its error. */
  ask(call: Call): Promise<unknown> {
    return new Promise((settle, fail) => {
      if (this.#ended) return fail(this.#ended);
      this.#waiting.push({ id: randomUUID(), call, settle, fail });
      this.#rouse();
    });
  }

  /** Has the page loaded anew before its next call. */
  renew(): void {
    this.#isDone = true;
    this.#rouse();
  }

  end(reason: string): void {
    this.#ended = new Error(reason);
    for (const { fail } of [
      ...(this.#current ? [this.#current] : []),
      ...this.#waiting.splice(0),
    ]) {
      fail(this.#ended);
    }
  }

  async next(): Promise<PageOrder> {
    if (!this.#isDone && this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#rouse = resolve;
        setTimeout(resolve, pollMs).unref();
      });
    }
    if (this.#isDone) {
      this.#isDone = false;
      return { kind: "again" };
    }
    const asked = this.#waiting.shift();
    if (asked === undefined) return { kind: "wait", words: null };
    this.#current = asked;
    // The page of calls reads this job as a call, as nobody else does.
    const job = asked.call as unknown as EngineJob;
    const watched = { conditions: false, memory: false };
    return { kind: "job", id: asked.id, job, watched, words: null };
  }

  async take(message: PageMessage): Promise<null> {
    if (message.kind !== "result" || message.job !== this.#current?.id) return null;
    const { settle, fail } = this.#current;
    this.#current = null;
    if (message.outcome.ok) settle(message.outcome.answer);
    else fail(revive(message.outcome.error));
    return null;
  }

  hold(): void {}
}

function revive({ name, message }: { readonly name: string; readonly message: string }): Error {
  return name === "InputError" ? new InputError(message) : new Error(`${name}: ${message}`);
}

/** An object in the page, whose functions are called there. */
function objectIn(session: CallSession, on: number | null) {
  const call = (name: string, given: readonly unknown[], keep: boolean) =>
    session.ask({ on, call: name, given, keep });
  return {
    get: async <Value>(name: string, ...given: unknown[]) =>
      (await call(name, given, false)) as Value,
    make: async (name: string, ...given: unknown[]) => (await call(name, given, true)) as Kept,
  };
}

interface CalledModel extends EncodedModel, Kept {
  readonly byteLength: number;
}

interface CalledInput extends StagedInput, Kept {}

async function load(
  session: CallSession,
  { id }: Runtime,
  options: EngineOptions,
): Promise<Engine<CalledModel>> {
  const engine = objectIn(session, (await objectIn(session, null).make("load", id, options)).kept);
  return {
    probe: () => engine.get("probe"),
    encode: async ({ weights, ...lowered }, its) =>
      (await engine.make("encode", { ...lowered, entries: [...weights] }, its)) as CalledModel,
    prepare: async ({ kept }, its) =>
      sessionIn(session, await engine.make("prepare", { kept }, its)),
    prepareProfiled: async ({ kept }, its) =>
      profiledIn(session, await engine.make("prepareProfiled", { kept }, its)),
    async [Symbol.asyncDispose]() {
      await engine.get("dispose");
      session.renew();
    },
  };
}

function sessionIn(calls: CallSession, { kept }: Kept): Session<CalledInput> {
  const session = objectIn(calls, kept);
  return {
    stage: async (images) => (await session.make("stage", images)) as CalledInput,
    run: (staged) => session.get("run", { kept: staged.kept }),
    attest: () => session.get("attest"),
    [Symbol.asyncDispose]: async () => void (await session.get("dispose")),
  };
}

function profiledIn(calls: CallSession, kept: Kept): ProfiledSession<CalledInput> {
  return Object.assign(sessionIn(calls, kept), {
    endProfile: () =>
      objectIn(calls, kept.kept).get<Awaited<ReturnType<ProfiledSession["endProfile"]>>>(
        "endProfile",
      ),
  });
}
