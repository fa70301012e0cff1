/**
 * Measures a network against itself with `measureCase`. The true ratio is 1, so 95 in 100 intervals
 * should hold 1. The command is `pnpm --filter @sebench/harness same-against-same [network] [image
 * size] [seconds] [trials]`.
 */
import { latencySummary, measureCase, overheadEstimate } from "@sebench/measure";
import { loadSubject, sessionOptions } from "./engine-subject.ts";

const [name = "resnet18", imageSize = "224", seconds = "30", trials = "3"] = process.argv.slice(2);
const { engine, model, images } = await loadSubject(name, Number(imageSize), null);
for (let seed = 1; seed <= Number(trials); seed++) {
  const budgetMs = 1000 * Number(seconds);
  const options = { ...sessionOptions, seed, budgetMs, targetHalfWidth: 0.0025 };
  const { replicas, stopped } = await measureCase(
    engine,
    { plain: model, se: model },
    images,
    options,
  );
  const { ratio, interval, rounds, replicas: ratios } = overheadEstimate(replicas);
  const { p50 } = latencySummary(replicas.map(({ members }) => members.plain.samplesMs));
  const steady = replicas.filter(({ members }) => members.plain.steady && members.se.steady);
  console.log(
    `${name} at ${imageSize}, p50 ${p50.toFixed(2)} ms, ${rounds} rounds, ${stopped}:`,
    `${ratio.toFixed(4)} [${interval!.map((end) => end.toFixed(4)).join(", ")}]`,
    `from ${ratios.map((each) => each.toFixed(4)).join(" ")};`,
    `${steady.length} of ${replicas.length} replicas steady`,
  );
}
await engine[Symbol.asyncDispose]();
