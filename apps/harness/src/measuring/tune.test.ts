import { byProfile, planCases, profiles, raceOf } from "@sebench/bench";
import { processHost, thisNode } from "@sebench/hosts";
import { expect, test } from "vitest";
import { readRunOptions } from "../flags/run-flags.ts";

const options = readRunOptions({ runtime: ["onnxruntime-node/cpu"], port: "0", fetch: false });
const availability = {
  ok: true,
  version: "",
  device: { name: "cpu", details: {} },
  software: false,
} as const;
const [plan] = planCases(
  [{ runtime: "onnxruntime-node/cpu", host: "node", availability }],
  profiles.quick,
  { ...byProfile, networks: ["se-resnet8"], lowerings: ["gemm"] },
);
const signal = new AbortController().signal;
const race = raceOf({ options, host: processHost(thisNode), seed: 1, signal }, plan!);

test("recipes race on an engine, beside the plain network, and one that does not apply says why", async () => {
  const outcome = await race(["gemm", "gate-resize", "squeeze-fold", null], 1);
  if (!outcome.ok) throw new Error(outcome.reason);
  const [naive, resized, folded, plain] = outcome.entrants;
  expect([naive, resized, plain].map((each) => each?.ok)).toEqual([true, true, true]);
  expect(folded).toEqual({
    ok: false,
    reason: expect.stringContaining("squeeze-fold does not apply"),
  });
  const rounds = naive!.ok ? naive!.mediansMs.length : 0;
  expect(rounds).toBeGreaterThanOrEqual(4);
}, 60_000);

test("a race whose naive form cannot be run gives the reason", async () => {
  const outcome = await raceOf({ options, host: processHost(thisNode), seed: 1, signal }, plan!)(
    ["squeeze-fold"],
    1,
  );
  expect(outcome).toEqual({ ok: false, reason: expect.stringContaining("does not apply") });
}, 60_000);
