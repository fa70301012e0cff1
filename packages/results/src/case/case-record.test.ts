import { expect, test } from "vitest";
import { okCase, untimedCase } from "../testing/sample-run.ts";
import { caseRecord, parityHolds, ran } from "./case-record.ts";
import { speedOf } from "./speed.ts";

const readAgain = (record: unknown) => caseRecord.safeParse(JSON.parse(JSON.stringify(record)));

test("a case that was not timed is read as it was written", () => {
  expect(readAgain(untimedCase()).data).toEqual(untimedCase());
});

test("a case that was not timed has a proven device, a remedy, and no figures", () => {
  const untimed = untimedCase();
  const { remedy, ...without } = untimed;
  expect(remedy).not.toBe("");
  const attestation = { ...untimed.attestation, proven: false, reason: "two nodes ran elsewhere" };
  const { members, overhead } = okCase();
  for (const wrong of [
    without,
    { ...untimed, attestation },
    { ...untimed, members },
    { ...untimed, overhead },
  ]) {
    expect(readAgain(wrong).success).toBe(false);
  }
});

test("parity is that of both members, timed or not", () => {
  const cases = [okCase(), untimedCase(), untimedCase(false)];
  expect(cases.filter(ran).map(parityHolds)).toEqual([true, true, false]);
});

test.each([
  ["onnxruntime-node/cpu", false, "native"],
  ["onnxruntime-web/wasm", false, "wasm"],
  ["tfjs-web/cpu", false, "javascript"],
  ["tfjs-web/webgl", false, "native"],
  ["tfjs-web/webgl", true, "software-gpu"],
])("%s, with software %j, is %s", (runtime, software, speed) => {
  expect(speedOf(runtime, software)).toBe(speed);
});
