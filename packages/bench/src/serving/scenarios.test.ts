import type { ScenarioRequest } from "@sebench/results";
import { type JobHost, processHost, thisNode, type Watch } from "@sebench/hosts";
import { beforeAll, expect, test } from "vitest";
import { pairOf } from "../case/case-job.ts";
import { OracleAnswers } from "../case/shared-answers.ts";
import { byProfile, planCases } from "../plan/case-plan.ts";
import { profiles } from "../plan/profile.ts";
import { Scenarios, type ServingAsked } from "./scenarios.ts";

const watch: Watch = {
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  onProgress: () => {},
};
const runtime = "onnxruntime-node/cpu";
const device = { name: "a processor", details: {} };
const availability = { ok: true, version: "1", device, software: false } as const;
const plans = planCases([{ runtime, host: "node", availability }], profiles.smoke, {
  ...byProfile,
  batches: [1, 2],
});
const [plan, batched] = plans as [(typeof plans)[0], (typeof plans)[0]];
const node = processHost(thisNode);

let oracle: ServingAsked["oracle"];
beforeAll(async () => {
  oracle = await new OracleAnswers().of(pairOf(plan, { kind: "seeded", seed: 1 }), watch);
});

function askedOf(request: Partial<ScenarioRequest>, changes: Partial<ServingAsked> = {}) {
  return {
    plan,
    pair: pairOf(plan, { kind: "seeded", seed: 1 }),
    ranges: {},
    engine: { threads: 1 },
    host: node,
    oracle,
    tolerance: 1e-4,
    request: {
      names: ["server"],
      percentile: "p90",
      limitMs: 1000,
      workers: [1],
      seconds: 2,
      ...request,
    },
    batches: null,
    seed: 1,
    ...changes,
  } satisfies ServingAsked;
}

/** This Node, whose workers are killed when so many requests were made in all. */
function killedAfter(requests: number): JobHost {
  let made = 0;
  return {
    ...node,
    async serve(order, watched) {
      const worker = await node.serve!(order, watched);
      const ask: typeof worker.ask = (request) => {
        made += 1;
        if (made === requests) process.kill(worker.pid, "SIGKILL");
        return worker.ask(request);
      };
      return { ...worker, ask, [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose]() };
    },
  };
}

async function serverRows(asked: ServingAsked) {
  const { server } = await new Scenarios().of(asked, watch);
  if (server?.status !== "ok") throw new Error(JSON.stringify(server));
  return server.rows;
}

test("rates rise under a limit that is easily kept, and each request has a latency", async () => {
  const [row] = await serverRows(askedOf({ workers: [2] }));
  expect(row).toMatchObject({ workers: 2, threads: 1, failure: null });
  for (const { capacity, loads } of Object.values(row!.members!)) {
    const rates = loads.map(({ rate }) => rate);
    expect(rates.length).toBeGreaterThanOrEqual(1);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(Math.min(...capacity)).toBeGreaterThan(0);
    for (const { latenciesMs, unanswered, runMs } of loads) {
      expect(latenciesMs.length).toBeGreaterThanOrEqual(46);
      expect(unanswered).toBe(0);
      // A latency has the run in it.
      expect(Math.max(...latenciesMs)).toBeGreaterThan(runMs!);
    }
  }
  const [plain, se] = [row!.members!.plain.loads[0]!, row!.members!.se.loads[0]!];
  expect(plain.seed).toBe(se.seed);
});

test("a limit below one run is kept by no rate", async () => {
  const [row] = await serverRows(askedOf({ limitMs: 0.01, seconds: 30 }));
  const { ended, loads } = row!.members!.se;
  expect(ended).toBe("never");
  expect(loads.every(({ latenciesMs }) => Math.min(...latenciesMs) > 0.01)).toBe(true);
});

test("a worker that dies under load ends its row, which keeps what was measured before", async () => {
  const [row] = await serverRows(askedOf({ seconds: 5 }, { host: killedAfter(60) }));
  expect(row!.failure!.reason).toMatch(
    /^a worker of (plain|se) failed at [\d.]+ requests\/s: its process was killed \(SIGKILL\)/,
  );
  const loads = Object.values(row!.members!).flatMap((member) => member.loads);
  const last = loads.find(({ unanswered }) => unanswered > 0)!;
  expect(last.latenciesMs.length).toBeGreaterThan(0);
});

test("a worker that dies before any load leaves a row without figures", async () => {
  const [row] = await serverRows(askedOf({}, { host: killedAfter(2) }));
  expect(row).toMatchObject({
    members: null,
    failure: { reason: expect.stringContaining("killed") },
  });
});

test("a worker whose answer is not the oracle's does not serve", async () => {
  const { plain, se } = oracle;
  const wrong = { plain, se: { ...se, logits: se.logits.map((logit) => logit + 1) } };
  const [row] = await serverRows(askedOf({}, { oracle: wrong }));
  expect(row!.failure!.reason).toBe("a worker failed: the answer of a worker of se is wrong");
});

test("offline, batches double from 1 and the best is measured again, once for all batches", async () => {
  const scenarios = new Scenarios();
  const request = { names: ["offline"], seconds: 1 } as const;
  const { offline } = await scenarios.of(askedOf(request), watch);
  if (offline?.status !== "ok") throw new Error(JSON.stringify(offline));
  const screened = offline.rows.filter(({ confirms }) => !confirms);
  expect(screened.map(({ batch }) => batch)).toEqual(screened.map((_, index) => 2 ** index));
  const again = offline.rows.find(({ confirms }) => confirms)!;
  expect(again.outcome).toMatchObject({ status: "ok" });
  const other = await scenarios.of(askedOf(request, { plan: batched }), watch);
  expect(other.offline).toBe(offline);
});

test("offline, the batches that were named are tried and no other", async () => {
  const asked = askedOf({ names: ["offline"], seconds: 1 }, { batches: [4, 2] });
  const { offline } = await new Scenarios().of(asked, watch);
  if (offline?.status !== "ok") throw new Error(JSON.stringify(offline));
  const screened = offline.rows.filter(({ confirms }) => !confirms);
  expect(screened.map(({ batch }) => batch)).toEqual([4, 2]);
});

test("a browser has no workers, and says what has", async () => {
  const { serve: _, ...browser } = node;
  const asked = askedOf({ names: ["offline", "server"] }, { host: browser });
  const record = await new Scenarios().of(asked, watch);
  const unavailable = {
    status: "unavailable",
    reason: "a browser serves one visitor and has no worker processes",
    remedy: expect.stringContaining("--host node"),
  };
  expect(record).toEqual({ offline: unavailable, server: unavailable });
});

test("an interrupt ends a scenario at once, with the interrupt's reason", async () => {
  const interrupt = new AbortController();
  const asked = askedOf({ seconds: 60 });
  const served = new Scenarios().of(asked, {
    ...watch,
    signal: interrupt.signal,
    onProgress: () => setTimeout(() => interrupt.abort(new Error("interrupted")), 1500),
  });
  await expect(served).rejects.toThrow("interrupted");
});
