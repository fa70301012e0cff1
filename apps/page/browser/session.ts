import type {
  EngineJob,
  MemoryReading,
  PageDriver,
  PageOrder,
  ProgressReply,
  Supplied,
} from "@sebench/jobs";
import type { RoundConditions } from "@sebench/measure";
import { answerJob } from "./answer-job.ts";
import { connect, type Connection, Refusal } from "./connection.ts";
import { findFacts } from "./facts.ts";

/**
 * The page of a session, which asks the server that it came from for one job after the other. Each
 * job has a page that has done nothing before: once it is answered, the page is loaded anew.
 */

type JobOrder = Extract<PageOrder, { kind: "job" }>;

/** The error of a job whose answer nobody waits for any more. */
class Stopped extends Error {
  override readonly name = "Stopped";
}

const find = <Kind extends HTMLElement>(id: string) => document.querySelector<Kind>(`#${id}`)!;

function say(words: string): void {
  find("status").textContent = words;
}

/** The functions by which a job reaches the harness, over the connection. */
function driverOver(connection: Connection, { id, watched }: JobOrder): PageDriver {
  const send = connection.send.bind(connection);
  return {
    supply: async (request) =>
      (await send({ kind: "supply", job: id, request })) as Supplied[keyof Supplied],
    async progress(progress) {
      const { stop } = (await send({ kind: "progress", job: id, progress })) as ProgressReply;
      if (stop) throw new Stopped("the harness has ended this job");
    },
    conditions: watched.conditions
      ? (step) => send({ kind: "conditions", job: id, step })
      : ownWatch(),
    ...(watched.memory && {
      memory: async (moment) =>
        (await send({ kind: "memory", job: id, moment })) as MemoryReading | null,
    }),
  };
}

/** What a page sees of a round by itself: nothing of the machine, but whether it was hidden. */
const unseen: RoundConditions = {
  foreignCores: null,
  load: null,
  clockMHz: null,
  temperatureC: null,
  powerW: null,
  disturbed: false,
  processorMs: null,
};

/**
 * The watch of a page on a device: a round in which the page was hidden does not count, and the next
 * one waits until it is shown.
 */
function ownWatch(): NonNullable<PageDriver["conditions"]> {
  let wasHidden = document.hidden;
  document.addEventListener("visibilitychange", () => (wasHidden ||= document.hidden));
  return async (step) => {
    switch (step) {
      case "start":
        await shown();
        wasHidden = false;
        return;
      case "mark":
        return;
      case "lap": {
        const voided = wasHidden;
        await shown();
        wasHidden = false;
        return voided ? { ...unseen, voided } : unseen;
      }
      case "stop":
        return [];
    }
  };
}

/** Waits until the page is in front. */
async function shown(): Promise<void> {
  while (document.hidden) {
    await new Promise((resolve) =>
      document.addEventListener("visibilitychange", resolve, { once: true }),
    );
  }
}

/** Keeps the screen on while the page is in front, where the browser lets it. */
function keepAwake(): void {
  const ask = () => {
    if (!document.hidden) void navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** Answers an order's job, and sends what came of it. */
async function work(connection: Connection, order: JobOrder): Promise<void> {
  find("run").textContent = order.words ?? "";
  const outcome = await answerJob<EngineJob>(order.job, driverOver(connection, order));
  await connection.send({ kind: "result", job: order.id, outcome }).catch((error: unknown) => {
    // An answer that was lost on its way back has been taken all the same.
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 409) return;
    const reason = { name: "Refusal", message: error.message, remedy: null, stack: null };
    return connection.send({
      kind: "result",
      job: order.id,
      outcome: { ok: false, error: reason },
    });
  });
}

async function serve(connection: Connection, name: string | null): Promise<void> {
  keepAwake();
  say("Waiting for a case.");
  await connection.send({ kind: "hello", facts: await findFacts(), name });
  connection.hold();
  for (;;) {
    const order = await connection.next();
    switch (order.kind) {
      case "wait":
        if (order.words !== null) say(order.words);
        break;
      case "again":
        location.reload();
        return;
      case "end":
        await conclude(order);
        return;
      case "job":
        await work(connection, order);
        location.reload();
        return;
    }
  }
}

/** Shows the end, and keeps the report in this page, since its server ends with the run. */
async function conclude({ words, report }: Extract<PageOrder, { kind: "end" }>): Promise<void> {
  find("run").textContent = "";
  if (report !== null) {
    const text = await (await fetch(report)).text();
    const kept = new Blob([text], { type: "text/html; charset=utf-8" });
    find<HTMLAnchorElement>("report").href = URL.createObjectURL(kept);
    find("done").hidden = false;
  }
  say(words);
}

/** Waits for the person to start, once in a session: a page that was loaded anew goes on. */
function started(token: string, form: HTMLFormElement): Promise<string | null> {
  const nameKey = `sebench-name-${token}`;
  const before = sessionStorage.getItem(nameKey);
  if (before !== null) return Promise.resolve(before || null);
  form.hidden = false;
  say("");
  return new Promise((resolve) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.hidden = true;
      const name = find<HTMLInputElement>("name").value.trim();
      sessionStorage.setItem(nameKey, name);
      resolve(name || null);
    });
  });
}

async function begin(): Promise<void> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get("t");
  if (token === null) {
    say("This address lacks its last part, after the #. Open the whole address that was printed.");
    return;
  }
  // A browser that the harness has started has nobody who could press a button.
  const name = fragment.has("auto") ? null : await started(token, find<HTMLFormElement>("start"));
  try {
    await serve(connect(token), name);
  } catch (error) {
    say(
      error instanceof Refusal
        ? error.message
        : `The computer that printed this address cannot be reached any more: ${String(error)}`,
    );
  }
}

void begin();
