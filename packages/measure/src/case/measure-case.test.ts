import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import type { ConditionsWatch } from "../measurement/conditions.ts";
import { overheadEstimate, ratioOfForms } from "../measurement/overhead.ts";
import { virtualEngine, type VirtualModel, type VirtualTimes } from "../testing/virtual-engine.ts";
import { measureCase, measureMembers } from "./measure-case.ts";
import { pairedForms } from "../measurement/measurement.ts";
import type { MeasureObserver, MeasureProgress } from "./observer.ts";
import type { MeasureOptions } from "./protocol.ts";

const pair: Record<"plain" | "se", VirtualModel> = {
  plain: { member: "plain", byteLength: 0 },
  se: { member: "se", byteLength: 0 },
};

/** The batch of six images of two values, whose first values are 0, 2, 4, ... */
const images = { shape: [6, 1, 1, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) };

/** SE costs 10 %; the first run of a session takes ten times as long as the rest. */
const steadyTimes: VirtualTimes = {
  prepareMs: { plain: 50, se: 60 },
  runMs: (member, run) => (member === "plain" ? 10 : 11) * (run === 0 ? 10 : 1),
};

function measure(
  times: Partial<VirtualTimes> = {},
  options: Partial<MeasureOptions> = {},
  observer: MeasureObserver = {},
) {
  const { engine, steps, now } = virtualEngine({ ...steadyTimes, ...times });
  const asked = { batch: 1, precision: "fp32", ...options } as const;
  return {
    steps,
    now,
    measurement: measureCase(engine, pair, images, asked, { now, ...observer }),
  };
}

const matching = (steps: readonly string[], pattern: RegExp): string[] =>
  steps.filter((step) => pattern.test(step));

test("the overhead that the engine has is the overhead that is measured", async () => {
  const { replicas, stopped } = await measure().measurement;
  expect(overheadEstimate(replicas).ratio).toBeCloseTo(1.1, 9);
  expect(stopped).toBe("precise");
  expect(replicas).toHaveLength(6);
});

test("forms are visited in the same rounds, beside one plain network", async () => {
  const sessionMs = [10, 12, 11];
  const runMs = (_member: string, _run: number, session: number) => sessionMs[session]!;
  const { engine, steps, now } = virtualEngine({ ...steadyTimes, runMs });
  const members = [pair.plain, pair.se, pair.se];
  const asked = { batch: 1, precision: "fp32", minReplicas: 1, maxReplicas: 1 } as const;
  const measured = await measureMembers(engine, members, images, asked, { now });
  const [naive, rewritten] = pairedForms(measured);
  expect(naive!.replicas[0]!.members.plain).toBe(rewritten!.replicas[0]!.members.plain);
  expect(naive!.attestation.plain).toBe(rewritten!.attestation.plain);

  const plain = matching(steps, /^prepare/).indexOf(matching(steps, /^prepare plain/)[0]!);
  const [one, other] = sessionMs.filter((_, session) => session !== plain);
  const overheads = [naive!, rewritten!].map(({ replicas }) => overheadEstimate(replicas).ratio);
  const expected = [one! / sessionMs[plain]!, other! / sessionMs[plain]!];
  expect(overheads.toSorted()).toEqual(expected.toSorted().map((each) => expect.closeTo(each, 9)));
  const gain = ratioOfForms(rewritten!.replicas, naive!.replicas).ratio;
  expect(gain).toBeCloseTo(overheads[1]! / overheads[0]!, 9);
});

test("a member alone is measured by its time, until that is precise", async () => {
  const { engine, now } = virtualEngine({ ...steadyTimes, runMs: () => 10 });
  const asked = { batch: 1, precision: "fp32", minReplicas: 2, maxReplicas: 8 } as const;
  const told: MeasureProgress[] = [];
  const onProgress = (progress: MeasureProgress) => void told.push(progress);
  const measured = await measureMembers(engine, [pair.se], images, asked, { now, onProgress });
  expect(measured.stopped).toBe("precise");
  expect(measured.replicas.map(({ order }) => order.join())).toEqual(Array(6).fill("0"));
  const visits = measured.replicas.flatMap(({ members: [only] }) => only!.samplesMs);
  expect(new Set(visits.flat())).toEqual(new Set([10]));
  expect(measured.proofs).toHaveLength(1);
  expect(pairedForms(measured)).toEqual([]);
  // Nothing is compared, so nobody is told of an overhead.
  expect(told.every(({ interval }) => interval === null)).toBe(true);
});

test.each([
  { slowdown: 0.1, ratio: 1.1 },
  { slowdown: 0, ratio: 1 },
])("a slowdown of $slowdown of equal members is a ratio of $ratio", async (given) => {
  const { engine, now } = virtualEngine({ ...steadyTimes, runMs: () => 10 });
  let read = 0;
  // Each reading of the clock takes 1 us, since the wait of a slowdown needs time to pass.
  const ticking = () => now() + ++read / 1000;
  const asked = { batch: 1, precision: "fp32", slowdown: given.slowdown } as const;
  const { replicas } = await measureCase(engine, pair, images, asked, { now: ticking });
  expect(overheadEstimate(replicas).ratio).toBeCloseTo(given.ratio, 3);
  expect(replicas[0]?.members.plain.samplesMs[0]?.[0]).toBeCloseTo(10, 1);
});

test("preparation and the first run are timed apart from the samples", async () => {
  const { replicas } = await measure().measurement;
  for (const { members } of replicas) {
    expect(members.plain).toMatchObject({ prepareMs: 50, firstRunMs: 100, steady: true });
    expect(members.se).toMatchObject({ prepareMs: 60, firstRunMs: 110, steady: true });
    expect(members.plain.samplesMs.flat().every((ms) => Math.abs(ms - 10) < 1e-6)).toBe(true);
  }
});

test("each replica prepares both members anew, each member first in turn", async () => {
  const { measurement, steps } = measure();
  const { replicas } = await measurement;
  const prepared = matching(steps, /^prepare/).map((step) => step.split(" ")[1]);
  for (const [index, { preparedFirst }] of replicas.entries()) {
    expect(preparedFirst).toBe(prepared[2 * index]);
    expect(preparedFirst).not.toBe(prepared[2 * index + 1]);
    expect(preparedFirst).not.toBe(replicas[index + 1]?.preparedFirst);
  }
});

test("a replica's sessions are disposed of before the next replica", async () => {
  const { measurement, steps } = measure();
  await measurement;
  const life = matching(steps, /^(prepare|dispose)/).map((step) => step.split(" ")[0]);
  const replica = ["prepare", "prepare", "dispose", "dispose"];
  expect(life).toEqual(Array.from({ length: 6 }, () => replica).flat());
});

test("both members' visits have as many runs, enough for the faster one to fill its visit", async () => {
  const { replicas } = await measure({}, { visitMs: 45 }).measurement;
  const runs = replicas.flatMap(({ members: { plain, se } }) =>
    plain.samplesMs.concat(se.samplesMs).map((visit) => visit.length),
  );
  expect(new Set(runs)).toEqual(new Set([5]));
});

test("a visit to a slow network has one run", async () => {
  const runMs = () => 700;
  const { replicas } = await measure({ runMs }).measurement;
  expect(replicas[0]?.members.se.samplesMs[0]).toHaveLength(1);
});

test("a replica has its fewest rounds, and a case its fewest replicas, over budget too", async () => {
  const { replicas, stopped } = await measure(
    { runMs: (_member, _run, session) => 10 + session },
    { budgetMs: 0, minReplicas: 3, minRounds: 7 },
  ).measurement;
  expect(replicas.map(({ members }) => members.se.samplesMs.length)).toEqual([7, 7, 7]);
  expect(stopped).toBe("budget");
});

test("an overhead that differs from replica to replica uses the budget up, a pilot first and the rest evenly", async () => {
  const reached: number[] = [];
  const runMs = (member: string, _run: number, session: number) =>
    member === "plain" ? 10 : 11 + (session % 5);
  const { replicas, stopped } = await measure(
    { runMs },
    { budgetMs: 80_000 },
    {
      onProgress: ({ phase, elapsedMs }) => {
        if (phase === "prepare") reached.push(elapsedMs);
      },
    },
  ).measurement;
  expect(stopped).toBe("budget");
  expect(replicas).toHaveLength(8);
  for (const [replica, elapsedMs] of reached.entries()) {
    // The pilot has a fifth of the time, and seven replicas the rest; a round may run over.
    const due = replica === 0 ? 0 : 16_000 + ((replica - 1) * 64_000) / 7;
    expect(elapsedMs - due).toBeGreaterThanOrEqual(0);
    expect(elapsedMs - due).toBeLessThan(300);
  }
});

test("a member whose times keep falling is measured, and marked as not steady", async () => {
  const runMs = (member: string, run: number) => (member === "plain" ? 10 : 10 + 100 / (run + 1));
  const { replicas } = await measure({ runMs }, { warmUpMs: 1500 }).measurement;
  expect(replicas[0]?.members.plain.steady).toBe(true);
  expect(replicas[0]?.members.se.steady).toBe(false);
});

test("logits of every image come from the sessions that were timed last", async () => {
  const { replicas, logits } = await measure().measurement;
  const last = { plain: 2 * replicas.length - 1, se: 2 * replicas.length - 2 };
  if (replicas.at(-1)?.preparedFirst === "plain") {
    [last.plain, last.se] = [last.se, last.plain];
  }
  const expected = (session: number) => [0, 2, 4, 6, 8, 10].flatMap((value) => [session, value]);
  expect([...logits.plain]).toEqual(expected(last.plain));
  expect([...logits.se]).toEqual(expected(last.se));
});

test("labelled images are loaded and run once timing is over, by the sessions that were timed last", async () => {
  let loadedAfter = -1;
  const { measurement, steps } = measure(
    {},
    { maxReplicas: 1, minReplicas: 1 },
    {
      labelled: {
        least: 1,
        budgetMs: null,
        load: async () => {
          loadedAfter = steps.length;
          return images;
        },
      },
    },
  );
  const { labelledLogits, logits } = await measurement;
  expect(labelledLogits).toEqual(logits);
  const after = steps.slice(loadedAfter).map((step) => step.split(" ")[0]);
  const each = ["stage", "run", "stage", "run"];
  const expected = [...Array.from({ length: 6 }, () => each).flat(), "attest", "attest"];
  expect(after).toEqual([...expected, "dispose", "dispose"]);
});

test("without labelled images there are no logits of them", async () => {
  const { labelledLogits } = await measure().measurement;
  expect(labelledLogits).toBeNull();
});

test("sessions attest after their last run", async () => {
  const { measurement, steps } = measure();
  const { attestation } = await measurement;
  expect(attestation.se.proven).toBe(true);
  const end = steps.slice(steps.findIndex((step) => step.startsWith("attest")));
  expect(end.map((step) => step.split(" ")[0])).toEqual(["attest", "attest", "dispose", "dispose"]);
});

test("the same seed visits the members in the same order", async () => {
  const visits = async (seed: number) => {
    const { measurement, steps } = measure({}, { seed });
    await measurement;
    return matching(steps, /^run/).join();
  };
  expect(await visits(5)).toBe(await visits(5));
  expect(await visits(5)).not.toBe(await visits(6));
});

test("progress goes through the phases, and tells the interval once there are two replicas", async () => {
  const told: MeasureProgress[] = [];
  await measure({}, {}, { onProgress: (progress) => void told.push(progress) }).measurement;
  const phases = told.map(({ phase }) => phase);
  expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
    ...Array.from({ length: 6 }, () => ["prepare", "warm-up", "rounds"]).flat(),
    "logits",
    "attest",
  ]);
  expect(told.find(({ replica }) => replica === 2)?.interval).toBeNull();
  expect(told.find(({ replica }) => replica === 3)?.interval?.[0]).toBeCloseTo(1.1, 4);
  expect(told.at(-1)).toMatchObject({ replica: 6, replicas: 8 });
});

test.each(["prepare se", "stage se", "run se", "attest se"])(
  "an engine that fails to %s is left without sessions, and its error is passed on",
  async (failing) => {
    const failure = new Error("device lost");
    const onStep = (step: string) => {
      if (step.startsWith(failing)) throw failure;
    };
    const { measurement, steps } = measure({ onStep });
    await expect(measurement).rejects.toBe(failure);
    const prepared = matching(steps, /^prepare/).length - (failing === "prepare se" ? 1 : 0);
    expect(matching(steps, /^dispose/)).toHaveLength(prepared);
  },
);

test("where a run and then disposal fail, the run's error is passed on", async () => {
  const onStep = (step: string) => {
    if (step.startsWith("run se")) throw new Error("device lost");
    if (step.startsWith("dispose")) throw new Error("nothing to release");
  };
  const { measurement, steps } = measure({ onStep });
  await expect(measurement).rejects.toThrow("device lost");
  expect(matching(steps, /^dispose/).length).toBe(matching(steps, /^prepare/).length);
});

test("a session that cannot be disposed of fails the case", async () => {
  const onStep = (step: string) => {
    if (step.startsWith("dispose se")) throw new Error("still in use");
  };
  const { measurement, steps } = measure({ onStep });
  await expect(measurement).rejects.toThrow("still in use");
  expect(matching(steps, /^dispose/)).toHaveLength(2);
});

test("options that cannot be met are refused before anything is prepared", async () => {
  for (const options of [
    { batch: 4 },
    { minReplicas: 9 },
    { minReplicas: 0 },
    { minRounds: 2.5 },
  ]) {
    const { measurement, steps } = measure({}, options);
    await expect(measurement).rejects.toThrow(InputError);
    expect(steps).toEqual([]);
  }
});

test("a round that its page was hidden in does not count, and is taken again", async () => {
  const { engine, now } = virtualEngine(steadyTimes);
  let laps = 0;
  const conditions: ConditionsWatch = {
    start: () => {},
    mark: () => {},
    // Two laps come before the first round: that of the time between rounds, and that of the marks.
    lap: () => ({ ...quiet, processorMs: null, voided: (laps += 1) === 4 }),
    stop: () => [],
  };
  const asked = { batch: 1, precision: "fp32", maxReplicas: 1, minReplicas: 1 } as const;
  const watching = { now, conditions };
  const { replicas } = await measureCase(engine, pair, images, asked, watching);
  const [{ members, conditions: seen }] = replicas as [(typeof replicas)[number]];
  expect(seen!.voided).toBe(1);
  expect(seen!.rounds).toHaveLength(laps - 3);
  expect(members.plain.samplesMs).toHaveLength(laps - 3);
  expect(members.se.samplesMs).toHaveLength(laps - 3);
});

/** A watch of an engine that computes with two threads, and of a mark that takes `markMs`. */
function watchOf(markMs: number) {
  const { engine, now } = virtualEngine(steadyTimes);
  let waitedMs = 0;
  let marks: number[] = [];
  const clock = () => now() + waitedMs;
  const conditions: ConditionsWatch = {
    start: () => {},
    mark: () => {
      marks.push(2 * now());
      waitedMs += markMs;
    },
    lap: () => {
      const ends = [...marks.slice(1), 2 * now()];
      const processorMs = ends.map((end, at) => end - marks[at]!);
      marks = [];
      return { ...quiet, processorMs };
    },
    stop: () => [],
  };
  const asked = { batch: 1, precision: "fp32", seed: 3 } as const;
  return measureCase(engine, pair, images, asked, { now: clock, conditions });
}

const quiet = {
  foreignCores: null,
  load: null,
  clockMHz: null,
  temperatureC: null,
  powerW: null,
  disturbed: false,
};

test("each member has the processor time of its own visits, in whichever order they were", async () => {
  const { replicas } = await watchOf(0.5);
  for (const { members } of replicas) {
    expect(new Set(members.plain.processorMs)).toEqual(new Set([20]));
    expect(new Set(members.se.processorMs)).toEqual(new Set([22]));
    expect(members.se.processorMs).toHaveLength(members.se.samplesMs.length);
  }
});

test("marks that take more than a tenth of a visit are left out, and so is processor time", async () => {
  const { replicas } = await watchOf(1.5);
  expect(replicas.map(({ members }) => members.se.processorMs)).toEqual(replicas.map(() => null));
});
