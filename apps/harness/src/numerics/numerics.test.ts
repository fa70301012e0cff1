import type { HalfStudy } from "@sebench/report";
import { expect, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

const numerics = (...flags: string[]) => benchHere("numerics", "--network", ...flags);

test("each mean of a network is told with its margin, and exit code 1 where one is not right", async () => {
  const { code, stdout } = await numerics("se-resnet8", "--images", "1", "--json");
  const { blocks, logits, weights } = JSON.parse(stdout) as HalfStudy;
  expect(weights).toBe("trained on fashion-mnist");
  expect(blocks.map(({ node }) => node)).toEqual([
    "stage2/block0/squeeze/pool",
    "stage3/block0/squeeze/pool",
    "stage4/block0/squeeze/pool",
    "head/pool",
  ]);
  for (const { margin } of blocks) expect(margin).toBeGreaterThan(1);
  expect(logits.every(({ pass }) => pass)).toBe(true);
  // One sum of 1,024 values after the other loses what the lowering keeps.
  expect(blocks[0]!.orders.sequential.verdict).toBe("inexact");
  expect(code).toBe(1);
  const scaled = await numerics("se-resnet8", "--images", "1", "--lowering", "squeeze-scaled");
  expect({ code: scaled.code, safe: scaled.stdout.includes("SE is safe in fp16") }).toEqual({
    code: 0,
    safe: true,
  });
}, 60_000);

test.each([
  [["se-resnet8", "--block", "stage7/block0"], "no block stage7/block0"],
  [["se-resnet8", "--precision", "fp8"], "fp8"],
  [["se-resnet8", "--lowering", "squeeze-scale"], "squeeze-scale"],
  [["resnet8", "--block", "stage2/block0"], "no block stage2/block0"],
])("refuses %j in one sentence", async (flags, cause) => {
  const { code, stderr } = await numerics(...(flags as [string]));
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(cause) });
  expect(stderr.trim().split("\n").length).toBeLessThan(5);
});
