import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { sampleMeasurement } from "../testing/sample-measurement.ts";
import { okCase, sampleHeader } from "../testing/sample-run.ts";
import { formatRecord } from "../run/results-file.ts";
import { faultOf } from "./judge-measurement.ts";
import { type Measurement, measurementBlock } from "./measurement.ts";
import { parseSubmitted } from "./read-measurements.ts";

const own = { kind: "computer", name: null } as const;
const made = sampleMeasurement();
const read = (text: string) => parseSubmitted(text, "block.md", own).measurements;

test("a pasted block is read as it was copied, among other text and lines of Windows", () => {
  const block = measurementBlock(made);
  for (const text of [
    block,
    `My phone:\n\n${block}\nThanks!`,
    `Hi\r\n${block.replaceAll("\n", "\r\n")}`,
    `${block}\nand a picture\n\n${block}`,
    JSON.stringify(made),
    `\uFEFF${JSON.stringify(made, null, 2)}`,
  ]) {
    for (const each of read(text)) expect(each).toEqual(made);
  }
  expect(read(`${block}\n${block}`)).toHaveLength(2);
});

test("a block stays small enough for an issue, however many rounds there were", () => {
  const long = sampleMeasurement({ rounds: 5000 });
  expect(measurementBlock(long).length).toBeLessThan(20_000);
  expect(faultOf(long, Date.parse(long.day))).toBeNull();
});

/** The measurement's JSON with a part of its text replaced. */
function replaced(part: string, other: string): string {
  const text = JSON.stringify(made);
  expect(text).toContain(part);
  return text.replace(part, other);
}

test.each([
  ["no block", "just words", "has no block of JSON"],
  ["a block of another language", "```js\n{}\n```", "has no block of JSON"],
  [
    "a block that is cut off",
    `\`\`\`json\n${JSON.stringify(made).slice(0, 500)}\n\`\`\``,
    "cut off",
  ],
  [
    "another schema",
    replaced("sebench-measurement/1", "sebench-measurement/9"),
    "its schema is not",
  ],
  ["a list", "```json\n[1]\n```", "its schema is not"],
  ["NaN", replaced('"ratio":', '"ratio":NaN,"x":'), "not JSON"],
  ["a number beyond all", replaced('"ratio":', '"ratio":1e999,"x":'), "overhead"],
  [
    "a key that stands twice",
    replaced('"day":', '"day":"2026-11-29","day":'),
    'the key "day" twice',
  ],
  ["a key that the schema does not have", replaced('"day":', '"note":1,"day":'), "note"],
  [
    "a key of every object's prototype",
    replaced('"day":', '"__proto__":{"admin":true},"day":'),
    "__proto__",
  ],
  ["the same, deeper", replaced('"cores":', '"constructor":{},"cores":'), "constructor"],
  ["a text where a number belongs", replaced('"cores":8', '"cores":"8"'), "device.cores"],
  ["a part of a core", replaced('"cores":8', '"cores":1.5'), "device.cores"],
  ["a name with a line break", replaced("Pixel 9", "Pixel\\n9"), "device.name"],
  ["a name that turns the text around", replaced("Pixel 9", "Pixel \\u202e9"), "device.name"],
  ["a name that is long", replaced("Pixel 9", "x".repeat(81)), "device.name"],
  [
    "a runtime that is a path",
    replaced("onnxruntime-web/wasm", "../../etc/passwd"),
    "subject.runtime",
  ],
  ["a device that is not proven", replaced('"proven":true', '"proven":false'), "proof.proven"],
  ["parity that failed", replaced('"pass":true', '"pass":false'), "parity"],
  ["a day that is none", replaced("2026-11-30", "2026-02-31"), "day"],
  ["what is too long", replaced("Pixel 9", "x".repeat(200_001)), "no block has more than"],
  [
    "what nests too deep",
    `{"schema":"sebench-measurement/1","x":${"[".repeat(200)}${"]".repeat(200)}}`,
    "nested more than",
  ],
])("%s is one clear error", (_, text, told) => {
  const reading = () => read(text);
  expect(reading).toThrow(InputError);
  expect(reading).toThrow(told);
  try {
    reading();
  } catch (error) {
    const { message, remedy } = error as InputError;
    expect(message.length).toBeLessThan(700);
    expect(message).toContain("block.md");
    expect(remedy).not.toBeNull();
  }
});

test("more blocks than a person pastes are refused", () => {
  expect(() => read(measurementBlock(made).repeat(21))).toThrow("21 blocks");
});

/** The samples of a member, a run a round, in as many replicas. */
const samples = (ms: number) =>
  [0, 1, 2].map((at) => [0, 1, 2, 3].map((round) => [ms + (at + round) / 100]));

function runOf(...cases: Parameters<typeof formatRecord>[0]["cases"]): string {
  return formatRecord({ schema: "sebench/1", ...sampleHeader, cases });
}

test("a run's cases become measurements, worked out again from their samples", () => {
  const [plain, se] = [samples(10), samples(11)];
  const record = okCase();
  const members = {
    plain: { ...record.members.plain, samplesMs: plain },
    se: { ...record.members.se, samplesMs: se },
  };
  const submitted = parseSubmitted(runOf({ ...record, members }), "results.json", {
    kind: "server",
    name: "rack 3",
  });
  expect(submitted.left).toEqual([]);
  const [only] = submitted.measurements as [Measurement];
  expect(only).toMatchObject({
    day: "2026-03-02",
    device: { kind: "server", name: "rack 3", system: "Linux", processor: "AMD EPYC", cores: 2 },
    host: { name: "node", version: "v20.20.2", page: null },
    subject: { network: "se-resnet20", weights: { kind: "seeded", seed: 1 } },
    members: { plain: { samplesMs: plain.map((replica) => replica.flat()) } },
    logits: null,
  });
  expect(only.overhead.ratio).toBeCloseTo(1.1, 2);
  // Only its day is too early here.
  expect(faultOf({ ...only, day: made.day }, Date.parse(made.day))).toBeNull();
});

test("cases that are none for the board are left, and it is told why", () => {
  const one = okCase([[[1]], [[1]]]);
  const failed = { ...one.parity.se, pass: false };
  const { measurements, left } = parseSubmitted(
    runOf(
      okCase([[[1, 2]]]),
      { ...okCase([[[1]], []]), id: one.id.replace("b1", "b3"), batch: 3 },
      { ...okCase([[[0]], [[0]]]), id: one.id.replace("b1", "b4"), batch: 4 },
      {
        ...one,
        id: one.id.replace("b1", "b2"),
        batch: 2,
        parity: { ...one.parity, se: failed },
      },
    ),
    "results.json",
    own,
  );
  expect(measurements).toEqual([]);
  expect(left.map(({ why }) => why)).toEqual([
    "it has one replica, and so no interval",
    "its samples are not of rounds in which both members were timed",
    "its samples are not of rounds in which both members were timed",
    "its parity does not hold",
  ]);
});
