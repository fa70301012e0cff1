/** The process of one worker of a server: it opens a stored model, and then answers requests in turn. */
import { readFile } from "node:fs/promises";
import type { ServeAnswer, ServeOrder, ServeRequest } from "@sebench/jobs";
import { decodeMessage, encodeMessage } from "@sebench/jobs/codec";
import type { Session, StagedInput, StoredModel } from "@sebench/runtime";
import { describeError } from "@sebench/spec";
import { runtimeOf } from "../host/runtimes.ts";
import type { WorkerMessage } from "./message.ts";

const say = (message: WorkerMessage) => process.send?.(encodeMessage(message));

interface Served {
  readonly session: Session;
  readonly input: StagedInput;
}

async function open({ runtime, engine: options, files, inputShape }: ServeOrder): Promise<Served> {
  const { deployment } = await runtimeOf(runtime).load(options);
  if (!deployment) throw new Error("this engine cannot be started as a deployment starts it");
  await deployment.start();
  const session = await deployment.open(await readModel(files));
  const images = await readFile(files.images);
  // The copy starts at 0, as a view of floats must start at a multiple of four bytes.
  const data = new Float32Array(new Uint8Array(images).buffer);
  return { session, input: await session.stage({ shape: [...inputShape], data }) };
}

async function readModel({ head, model }: ServeOrder["files"]): Promise<StoredModel> {
  return {
    head: JSON.parse(await readFile(head, "utf8")) as unknown,
    bytes: await readFile(model),
  };
}

async function answer(
  { session, input }: Served,
  { forMs, logits }: ServeRequest,
): Promise<ServeAnswer> {
  const runsMs: number[] = [];
  const endMs = performance.now() + forMs;
  for (;;) {
    const began = performance.now();
    const last = await session.run(input);
    const ended = performance.now();
    runsMs.push(ended - began);
    if (ended >= endMs) return { runsMs, logits: logits ? last : null };
  }
}

let served: Promise<Served> | null = null;

async function take(message: unknown): Promise<ServeAnswer> {
  if (served !== null) return answer(await served, message as ServeRequest);
  served = open(message as ServeOrder);
  return answer(await served, { forMs: 0, logits: true });
}

// The parent decides what an interrupt means, and ends this process.
for (const interrupt of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(interrupt, () => {});
process.on("disconnect", () => process.exit(1));
process.on("message", (text) => {
  void take(decodeMessage(text as string))
    .then((value) => say({ kind: "answer", answer: value }))
    .catch((error: unknown) => say({ kind: "error", error: describeError(error) }));
});
