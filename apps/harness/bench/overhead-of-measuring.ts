/**
 * Measures what measuring adds to what is measured. The samples that `measureCase` takes are
 * compared with those of a bare loop over the same session, in rounds of one visit each in seeded
 * random order, and the ratio should be 1. The engine has one thread, which other work on the
 * machine disturbs least. The samples of a run that does nothing follow, which are all overhead.
 *
 * The command is `pnpm --filter @sebench/harness overhead-of-measuring`, which takes a minute.
 */
import {
  cycle,
  median,
  overheadEstimate,
  type PairedRounds,
  roundOrders,
  seededRandom,
  splitIntoBatches,
  visit,
} from "@sebench/measure";
import { type EngineSubject, loadSubject, sessionOptions } from "./engine-subject.ts";

const replicas = 5;
const replicaMs = 6000;
/** The runs of a visit, which are few so that there are many rounds. */
const runs = 5;

async function bareLoop(run: () => Promise<unknown>, count = runs): Promise<number[]> {
  const samplesMs: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await run();
    samplesMs.push(performance.now() - start);
  }
  return samplesMs;
}

/** Compares the two once; `plain` stands for the bare loop, and `se` for `measureCase`'s visits. */
async function compareOnce(subject: EngineSubject, seed: number): Promise<PairedRounds> {
  const session = await subject.engine.prepare(subject.model, sessionOptions);
  const inputs = [];
  for (const batch of splitIntoBatches(subject.images, sessionOptions.batch)) {
    inputs.push(await session.stage(batch));
  }
  const run = cycle(session, inputs);
  const now = () => performance.now();
  await visit(run, { runs, atLeastMs: 1000 }, now);

  const bare = { samplesMs: [] as number[][], visit: () => bareLoop(run) };
  const measured = {
    samplesMs: [] as number[][],
    visit: () => visit(run, { runs, atLeastMs: 0 }, now),
  };
  const visited = [bare, measured];
  const orders = roundOrders(visited.length, seededRandom(seed));
  const end = performance.now() + replicaMs;
  while (performance.now() < end) {
    for (const index of orders.next().value) {
      const { samplesMs, visit: take } = visited[index]!;
      samplesMs.push(await take());
    }
  }
  await session[Symbol.asyncDispose]();
  return { members: { plain: bare, se: measured } };
}

for (const [name, imageSize] of [
  ["se-resnet20", 28],
  ["resnet18", 224],
] as const) {
  const subject = await loadSubject(name, imageSize, 1);
  const compared: PairedRounds[] = [];
  for (let replica = 0; replica < replicas; replica++) {
    compared.push(await compareOnce(subject, replica));
  }
  const { ratio, interval, rounds } = overheadEstimate(compared);
  const runMs = median(compared.flatMap(({ members }) => members.plain.samplesMs.flat()));
  console.log(
    `${name} at ${imageSize}, ${runMs.toFixed(3)} ms a run, ${rounds} rounds:`,
    `measured / bare = ${ratio.toFixed(5)} [${interval!.map((end) => end.toFixed(5)).join(", ")}]`,
  );
  await subject.engine[Symbol.asyncDispose]();
}

const nothing = () => Promise.resolve();
const now = () => performance.now();
const emptyRuns = { runs: 10_000, atLeastMs: 0 };
await visit(nothing, emptyRuns, now);
await bareLoop(nothing, emptyRuns.runs);
const measuredMs = median(await visit(nothing, emptyRuns, now));
const bareMs = median(await bareLoop(nothing, emptyRuns.runs));
console.log(
  `a run that does nothing: ${(1e6 * measuredMs).toFixed(0)} ns measured,`,
  `${(1e6 * bareMs).toFixed(0)} ns in a bare loop`,
);
