import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fuzz, inputOf, kindsOf, openReaders, sharesOf } from "./fuzz.ts";
import type { Reader } from "./readers/reader.ts";

let folder: string;
let readers: readonly Reader[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-fuzz-test-"));
  readers = await openReaders(folder, null);
});
afterAll(() => rm(folder, { recursive: true }));

const json = (read: Reader["read"], content: unknown = { a: [1, "b"], c: null }): Reader => ({
  name: "test/reader",
  seeds: [{ form: "json", content: JSON.stringify(content) }],
  read,
});
const options = { seed: 5, first: 0, count: 200 };

describe("a fault", () => {
  test("is an error that is no refusal, told once for each place, by its smallest input", async () => {
    const faults = await fuzz(
      json((input) => {
        const value = JSON.parse(Buffer.from(input).toString()) as { a?: unknown } | null;
        if (!Array.isArray(value?.a)) throw new TypeError("a is no list");
      }),
      options,
    );
    const kinds = kindsOf(faults);
    expect(kinds.map(({ first }) => first.error?.name).toSorted()).toEqual([
      "SyntaxError",
      "TypeError",
    ]);
    const smallest = Math.min(...faults.map(({ input }) => input.length));
    expect(kinds.map(({ first }) => first.input.length)).toContain(smallest);
    expect(kinds.every(({ first }) => first.place.startsWith("apps/fuzz/src/fuzz.test.ts:"))).toBe(
      true,
    );
  });

  test("is a valid input that is refused", async () => {
    const refusing = json(() => {
      throw new InputError("no");
    });
    const faults = await fuzz(refusing, options);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ reader: "test/reader, seed", index: 0 });
  });

  test.each([
    ["NaN", "NaN is shown"],
    ["\u001B[31mred", "the character U+001B is shown"],
  ])("is %j in what is shown", async (shown, what) => {
    const [fault] = await fuzz(
      json(() => ({ table: shown })),
      { ...options, count: 1 },
    );
    expect(fault).toMatchObject({ what, place: "table" });
  });

  test("is a property that every object gets", async () => {
    const polluting = json(() => void Object.assign(Object.prototype, { polluted: true }));
    const [fault] = await fuzz(polluting, { ...options, count: 1 });
    expect(fault!.what).toContain("polluted");
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

test("an input is the same for the same seed and number, and another one for others", () => {
  const reader = json(() => {});
  const of = (seed: number, index: number) => Buffer.from(inputOf(reader, seed, index)).toString();
  expect(of(1, 7)).toBe(of(1, 7));
  const all = Array.from({ length: 100 }, (_, index) => of(1, index));
  expect(new Set(all).size).toBeGreaterThan(80);
  expect(all).not.toEqual(all.map((_, index) => of(2, index)));
});

test("inputs are shared out by how long readers take", () => {
  const reader = json(() => {});
  expect(sharesOf([reader, { ...reader, share: 0.5 }], 300)).toEqual([200, 100]);
});

test("no reader of the house has a fault on some inputs, and each accepts its valid ones", async () => {
  expect(readers.length).toBeGreaterThan(40);
  const told: string[] = [];
  for (const reader of readers) {
    const count = Math.ceil(30 * (reader.share ?? 1));
    for (const { first } of kindsOf(await fuzz(reader, { seed: 17, first: 0, count }))) {
      told.push(`${first.reader} ${first.index}: ${first.what} at ${first.place}`);
    }
  }
  expect(told).toEqual([]);
});
