import { measureCase, overheadEstimate, ratioChange } from "@sebench/measure";
import { defaultThreshold, familyError, type Verdict, verdictsOf } from "@sebench/results";
import { type EngineSubject, sessionOptions } from "../engine-subject.ts";
import {
  type ComparisonTool,
  type Finding,
  headOf,
  percentOf,
  type TrialConditions,
} from "./comparison-tool.ts";

/**
 * The smaller threshold: half of the smallest slowdown that is tried by default, so that no
 * slowdown is too small to matter.
 */
const smallThreshold = 0.0025;
const thresholds = [defaultThreshold, smallThreshold];

const heads: Readonly<Record<Verdict, Finding["head"]>> = {
  regressed: "slower",
  improved: "faster",
  same: "neither",
  "cannot tell": "neither",
};

/**
 * Opens sebench's two comparisons: by a run of the base and one of the head, and within one run.
 */
export async function openSebench({
  subject,
  budgetMs,
}: TrialConditions): Promise<readonly [ComparisonTool, ComparisonTool]> {
  const concludingMs = await timeConcluding(subject);
  return [gate(budgetMs / 2 - concludingMs), run(budgetMs - concludingMs)];
}

/**
 * The comparison by the gate of `compare`. Both runs are of a network against itself; in the head's
 * run, the member "SE" is slowed.
 */
function gate(budgetMs: number): ComparisonTool {
  return {
    name: "sebench, two runs",
    rules: thresholds.map(
      (threshold) =>
        `verdict \`regressed\` at a threshold of ${percentOf(threshold)} (the difference of the runs' posteriors, p at most ${percentOf(familyError)})`,
    ),
    unavailable: null,
    async compare({ subject, slowdown, seed }) {
      const base = await measure(subject, { budgetMs, slowdown: 0, seed: 2 * seed });
      const head = await measure(subject, { budgetMs, slowdown, seed: 2 * seed + 1 });
      const change = ratioChange(base, head);
      if (change === null) throw new Error("a run had fewer than two replicas");
      return thresholds.map((threshold) => ({
        head: heads[verdictsOf([change], [threshold])[0]!],
        ratio: change.ratio,
      }));
    },
  };
}

/**
 * The comparison within one run, in which the base stands for the plain network and the head for
 * SE.
 */
function run(budgetMs: number): ComparisonTool {
  return {
    name: "sebench, one run",
    rules: ["the overhead's 95 % interval lies above 1"],
    unavailable: null,
    async compare({ subject, slowdown, seed }) {
      const { ratio, interval } = await measure(subject, { budgetMs, slowdown, seed });
      if (interval === null) throw new Error("the run had fewer than two replicas");
      return [{ head: headOf(...interval), ratio }];
    },
  };
}

interface RunOptions {
  readonly budgetMs: number;
  readonly slowdown: number;
  readonly seed: number;
}

async function measure({ engine, model, images }: EngineSubject, options: RunOptions) {
  const { replicas } = await measureCase(engine, { plain: model, se: model }, images, {
    ...sessionOptions,
    ...options,
    // The interval is never this precise, so all of the time is used.
    targetHalfWidth: 0,
  });
  return overheadEstimate(replicas);
}

/** The time that a run takes beyond its budget, for logits and attestation, in milliseconds. */
async function timeConcluding({ engine, model, images }: EngineSubject): Promise<number> {
  let started = 0;
  const options = { ...sessionOptions, budgetMs: 1000, minReplicas: 1, maxReplicas: 1 };
  await measureCase(engine, { plain: model, se: model }, images, options, {
    onProgress({ phase }) {
      if (phase === "logits") started = performance.now();
    },
  });
  return performance.now() - started;
}
