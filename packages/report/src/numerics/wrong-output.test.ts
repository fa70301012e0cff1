import type { MemberParity, RanCase } from "@sebench/results";
import { expect, test } from "vitest";
import { runOf, sampleCase } from "../testing/sample-run.ts";
import { wrongOutputs } from "./wrong-output.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");
const right = base.parity.se;
const off = { ...right, relative: 0.3, pass: false };

function wrongOf(change: Partial<RanCase>, plain: MemberParity, se: MemberParity) {
  const parity = { ...base.parity, plain, se };
  return wrongOutputs(runOf({ ...base, ...change, parity } as typeof base));
}

test("a case whose output is right has no line", () => {
  expect(wrongOf({}, right, right)).toEqual([]);
});

test("a line names the members that are off, the likely cause, and the command to go on with", () => {
  expect(wrongOf({}, right, off)).toEqual([
    {
      sentence: expect.stringContaining(
        "SE alone is off, by 3.0e-1 of the largest logit: an operator of SE is computed wrongly",
      ),
      command:
        "pnpm bench bisect --network se-resnet50 --runtime onnxruntime-node/cpu --host node --size 224 --batch 1",
    },
  ]);
  const [plain] = wrongOf({ precision: "int8" }, off, right);
  expect(plain!.sentence).toContain("the plain network alone is off");
  expect(plain!.command).toContain("--network resnet50 ");
  expect(plain!.command).toContain(" --precision int8");
});

test("a line names the operator where the run found it", () => {
  const wrong = {
    member: "se",
    node: "stage3/block0/excite/fc2",
    operator: "dense",
    role: "excite",
    stage: 3,
    block: 0,
    shape: [8],
    error: 0.42,
    ownError: 0.42,
    verdict: "operator",
    place: [5],
    given: 1,
    expected: 0.5,
    inputs: [],
  } as const;
  const parity = { ...base.parity, plain: right, se: off, wrong };
  const [line] = wrongOutputs(runOf({ ...base, parity } as typeof base));
  expect(line!.sentence).toContain(
    "With SE, stage3/block0/excite/fc2 (dense, excite of stage 3, block 0) is off, and what it reads is right; its values are off by 4.2e-1.",
  );
});

test("a model's file has a command where the oracle told what is right", () => {
  const weights = { kind: "model", name: "own.onnx", sha256: "4d2a" } as const;
  const change = { weights, lowering: "as-is" } as unknown as Partial<RanCase>;
  expect(wrongOf(change, right, off)[0]!.command).toBe(
    "pnpm bench bisect --model FILE --runtime onnxruntime-node/cpu --host node",
  );
  expect(wrongOf(change, right, off)[0]!.sentence).toContain(
    "the file is off, by 3.0e-1 of the largest logit: an operator is computed wrongly",
  );
  const judged = { ...change, reference: "file, not optimised" } as Partial<RanCase>;
  expect(wrongOf(judged, right, off)[0]!.command).toBeNull();
});

test("values that are not finite in fp16 point to the sum of the squeeze", () => {
  const [wrong] = wrongOf({ precision: "fp16" }, right, { ...off, relative: null });
  expect(wrong!.sentence).toContain("the sum of a squeeze, has passed 65,504");
});

test("another top class within the tolerance is a near tie", () => {
  const tie = { ...right, relative: 1e-6, top1Agreement: 0.75, pass: false };
  expect(wrongOf({}, right, tie)[0]!.sentence).toContain("closer than the rounding");
});
