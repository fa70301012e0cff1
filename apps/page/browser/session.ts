import {
  type EngineJob,
  type PageDriver,
  type PageOrder,
  type ProgressReply,
  type Supplied,
} from "@sebench/jobs";
import { answerJob } from "./answer-job.ts";
import { connect, type Connection, Refusal } from "./connection.ts";
import { findFacts } from "./facts.ts";

/**
 * The page of a session, which asks the server that it came from for one job after the other. Each
 * job has a page that has done nothing before: once it is answered, the page is loaded anew.
 */

/** The error of a job whose answer nobody waits for any more. */
class Stopped extends Error {
  override readonly name = "Stopped";
}

/** The functions by which a job reaches the harness, over the connection. */
function driverOver(
  connection: Connection,
  { id, watched }: Extract<PageOrder, { kind: "job" }>,
): PageDriver {
  const send = connection.send.bind(connection);
  return {
    supply: async (request) =>
      (await send({ kind: "supply", job: id, request })) as Supplied[keyof Supplied],
    async progress(progress) {
      const { stop } = (await send({ kind: "progress", job: id, progress })) as ProgressReply;
      if (stop) throw new Stopped("the harness has ended this job");
    },
    ...(watched.conditions && {
      conditions: (step) => send({ kind: "conditions", job: id, step }),
    }),
    ...(watched.memory && {
      memory: async (moment) =>
        (await send({ kind: "memory", job: id, moment })) as Awaited<
          ReturnType<NonNullable<PageDriver["memory"]>>
        >,
    }),
  };
}

/** Answers an order's job, and sends what came of it. */
async function work(connection: Connection, order: Extract<PageOrder, { kind: "job" }>) {
  const outcome = await answerJob<EngineJob>(order.job, driverOver(connection, order));
  await connection.send({ kind: "result", job: order.id, outcome });
}

function say(words: string): void {
  document.querySelector("#status")!.textContent = words;
}

async function serve(connection: Connection): Promise<void> {
  connection.hold();
  await connection.send({ kind: "hello", facts: await findFacts(), name: null });
  for (;;) {
    const order = await connection.next();
    switch (order.kind) {
      case "wait":
        if (order.words !== null) say(order.words);
        break;
      case "end":
        say(order.words);
        return;
      case "job":
        await work(connection, order);
        location.reload();
        return;
    }
  }
}

const token = new URLSearchParams(location.hash.slice(1)).get("t");
if (token === null) {
  say("This address lacks its last part, after the #. Open the whole address that was printed.");
} else {
  serve(connect(token)).catch((error: unknown) => {
    say(
      error instanceof Refusal ? error.message : `The harness cannot be reached: ${String(error)}`,
    );
  });
}
