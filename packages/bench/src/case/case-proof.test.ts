import type { CaseProof } from "@sebench/measure";
import { parseResults, schemaVersion } from "@sebench/results";
import { sampleHeader } from "@sebench/results/testing";
import type { Attestation, Availability } from "@sebench/runtime";
import { expect, test } from "vitest";
import { byProfile, planCases } from "../plan/case-plan.ts";
import { profiles } from "../plan/profile.ts";
import { recordUntimed, truthOf } from "./case-proof.ts";

const availability: Extract<Availability, { ok: true }> = {
  ok: true,
  version: "1.30.0",
  device: { name: "SwiftShader", details: {} },
  software: true,
};
const target = { runtime: "onnxruntime-web/webgpu", host: "chromium", availability } as const;
const [plan] = planCases([target], profiles.quick, byProfile);

/** Logits of two images and ten classes; the largest is of class 9. */
const logits = Array.from({ length: 20 }, (_, index) => index % 10);
const told = {
  logits: Float64Array.from(logits),
  classes: 10,
  weightsHash: "aa",
  parameters: 7,
  macs: 9,
};
const oracle = { plain: told, se: told };

const attestation: Attestation = {
  device: "webgpu",
  tf32: false,
  proven: true,
  reason: null,
  software: true,
  threads: null,
  evidence: {},
};

function recorded({ se = logits, proven = true } = {}) {
  const reason = proven ? null : "2 nodes ran on the CPU";
  const proof: CaseProof = {
    preparedFirst: "se",
    members: {
      plain: { prepareMs: 1, firstRunMs: 2 },
      se: { prepareMs: 3, firstRunMs: 4 },
    },
    logits: { plain: Float32Array.from(logits), se: Float32Array.from(se) },
    outputs: { plain: null, se: null },
    attestation: { plain: attestation, se: { ...attestation, proven, reason } },
  };
  const circumstances = {
    availability,
    hostVersion: "147",
    hostStart: null,
    threads: null,
    weights: { kind: "seeded", seed: 1 },
    reference: "oracle",
  } as const;
  return recordUntimed(plan!, plan!.untimed!, proof, truthOf(oracle), circumstances);
}

test("a case that is not timed records why, its device, its parity and its first runs", () => {
  const record = recorded();
  const run = JSON.stringify({ schema: schemaVersion, ...sampleHeader, cases: [record] });
  expect(parseResults(run, "it").cases).toEqual([record]);
  expect(record).toMatchObject({
    status: "untimed",
    ...plan!.untimed!,
    device: { name: "SwiftShader" },
    attestation: { software: true, proven: true },
    preparedFirst: "se",
    members: { plain: { parameters: 7, macs: 9, firstRunMs: 2 }, se: { prepareMs: 3 } },
    parity: { plain: { pass: true, images: 2 }, se: { pass: true } },
  });
});

test("wrong logits are recorded as such, though nothing is timed", () => {
  const record = recorded({ se: logits.map((logit) => (logit === 9 ? 0 : logit)) });
  expect(record).toMatchObject({ status: "untimed", parity: { se: { pass: false } } });
});

test("a case whose device is not proven has failed", () => {
  expect(recorded({ proven: false })).toMatchObject({
    status: "failed",
    reason: "the device is not proven: 2 nodes ran on the CPU",
  });
});
