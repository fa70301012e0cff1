import { expect, test } from "vitest";
import { virtualEngine, type VirtualModel } from "../testing/virtual-engine.ts";
import type { MeasureProgress } from "./observer.ts";
import { pairedProofs } from "../measurement/measurement.ts";
import { proveMembers } from "./prove-members.ts";

const plain: VirtualModel = { member: "plain", byteLength: 0 };
const se: VirtualModel = { member: "se", byteLength: 0 };

/** The batch of four images of two values, whose first values are 0, 2, 4 and 6. */
const images = { shape: [4, 1, 1, 2], data: Float32Array.from({ length: 8 }, (_, i) => i) };

function prove(seed: number, onStep: (step: string) => void = () => {}) {
  const { engine, steps, now } = virtualEngine({
    prepareMs: { plain: 50, se: 60 },
    runMs: (member, run) => (member === "plain" ? 10 : 11) * (run === 0 ? 10 : 1),
    onStep,
  });
  const told: MeasureProgress["phase"][] = [];
  const proofs = proveMembers(
    engine,
    [plain, se, se],
    images,
    { batch: 2, precision: "fp32", seed },
    { now, onProgress: ({ phase }) => void told.push(phase) },
  ).then(pairedProofs);
  return { proofs, steps, told };
}

test("each member is prepared and run once, gives its logits, and attests: nothing is timed", async () => {
  const { proofs, steps, told } = prove(1);
  const [one, other] = await proofs;
  expect(told).toEqual(["prepare", "logits", "attest"]);
  const kinds = steps.map((step) => step.split(" ")[0]);
  const times = (count: number, ...of: string[]) => Array.from({ length: count }, () => of);
  const expected = [
    times(3, "prepare", "stage", "run", "stage"),
    times(6, "run"),
    times(3, "attest"),
    times(3, "dispose"),
  ];
  expect(kinds).toEqual(expected.flat(2));
  expect(one!.members).toEqual({
    plain: { prepareMs: 50, firstRunMs: 100 },
    se: { prepareMs: 60, firstRunMs: 110 },
  });
  const [session] = one!.logits.se;
  expect([...one!.logits.se]).toEqual([session, 0, session, 4]);
  expect(other!.logits.plain).toBe(one!.logits.plain);
  expect(other!.logits.se[0]).not.toBe(session);
});

test("the member that is prepared before the other is named, whatever the seed", async () => {
  const named = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) {
    const { proofs, steps } = prove(seed);
    const [one] = await proofs;
    const order = steps.filter((step) => step.startsWith("prepare"));
    const position = (session: number) => order.findIndex((step) => step.endsWith(` ${session}`));
    const [plainAt, seAt] = [one!.logits.plain, one!.logits.se].map(([at]) => position(at!));
    expect(one!.preparedFirst).toBe(plainAt! < seAt! ? "plain" : "se");
    named.add(one!.preparedFirst);
  }
  expect(named).toEqual(new Set(["plain", "se"]));
});

test("where a run fails, all sessions are disposed of", async () => {
  const { proofs, steps } = prove(1, (step) => {
    if (step.startsWith("run") && step.endsWith("2")) throw new Error("the GPU is lost");
  });
  await expect(proofs).rejects.toThrow("the GPU is lost");
  expect(steps.filter((step) => step.startsWith("dispose"))).toHaveLength(3);
});
