import { expect, test } from "vitest";
import type { PreparedMembers } from "../session/prepared-members.ts";
import { virtualEngine, type VirtualModel } from "../testing/virtual-engine.ts";
import { type LabelledImages, labelledLogits } from "./labelled-logits.ts";

/** Images of one value each: 0, 1, 2, ... */
const imagesOf = (count: number) => ({
  shape: [count, 1, 1, 1],
  data: Float32Array.from({ length: count }, (_, index) => index),
});

const member = (name: VirtualModel["member"]): VirtualModel => ({ member: name, byteLength: 0 });

/**
 * A pair whose sessions take 7 ms to stage and the given times to run; the logits are the
 * session and the batch's first value.
 */
async function ask(
  given: Partial<LabelledImages> & { count: number; batch: number; runMs?: number },
) {
  const { count, batch, runMs = 10, least = 1, budgetMs = null } = given;
  const { engine, steps, now } = virtualEngine({
    prepareMs: { plain: 0, se: 0 },
    runMs: () => runMs,
  });
  const options = { batch, precision: "fp32" } as const;
  const none = { inputs: [], prepareMs: 0, firstRunMs: 0 };
  const members: PreparedMembers = [
    { session: await engine.prepare(member("plain"), options), ...none },
    { session: await engine.prepare(member("se"), options), ...none },
  ];
  const told: string[] = [];
  const onImages = async (done: number, total: number) => void told.push(`${done} of ${total}`);
  const labelled = { load: async () => imagesOf(count), least, budgetMs };
  const [plain, se] = await labelledLogits(members, labelled, { batch, now, onImages });
  return { logits: { plain: plain!, se: se! }, told, steps };
}

test("both members are asked about every image, in order, in turns", async () => {
  const { logits, steps } = await ask({ count: 3, batch: 1 });
  expect([...logits.plain]).toEqual([0, 0, 0, 1, 0, 2]);
  expect([...logits.se]).toEqual([1, 0, 1, 1, 1, 2]);
  const runs = steps.filter((step) => step.startsWith("run"));
  expect(runs.slice(0, 4)).toEqual(["run plain 0", "run se 1", "run plain 0", "run se 1"]);
});

test("how far it is is told before each batch", async () => {
  const { told } = await ask({ count: 6, batch: 2 });
  expect(told).toEqual(["0 of 6", "2 of 6", "4 of 6"]);
});

test("images stop at the end of the time, for both members together", async () => {
  // Both members take 34 ms for an image, and have 100 ms each.
  const { told } = await ask({ count: 50, batch: 1, budgetMs: 100 });
  expect(told.at(-1)).toBe("5 of 50");
});

test("the least number is asked about, whatever time it takes", async () => {
  const { logits } = await ask({ count: 50, batch: 1, budgetMs: 0, least: 20 });
  expect(logits.plain).toHaveLength(20 * 2);
  expect(logits.se).toHaveLength(20 * 2);
});

test("what fills the last batch up is not among the logits", async () => {
  // The virtual engine gives two logits for a batch, so one for each image of these.
  const { logits, told } = await ask({ count: 5, batch: 2 });
  expect(told.at(-1)).toBe("4 of 5");
  expect([...logits.se]).toEqual([1, 0, 1, 2, 1]);
});
