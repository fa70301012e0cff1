import { measurePair } from "sebench";
// oxlint-disable-next-line import/no-unassigned-import
import "sebench/vitest";
import { expect, test } from "vitest";

test("SE costs no more than this here", async () => {
  const record = await measurePair({
    network: "se-resnet8",
    runtime: "onnxruntime-node/cpu",
    budgetSeconds: 1,
    threads: 1,
  });
  expect(record).toCostAtMost(9);
  expect(() => expect(record).toCostAtMost(record.overhead.ratio - 1)).toThrow("cannot tell");
  expect(record).not.toCostAtMost(-0.9);
}, 60_000);
