import type { Engine, Session } from "@sebench/runtime";
import { expect, test } from "vitest";
import { readParameters } from "../standalone/parameters.ts";
import { repeatedEngine } from "../standalone/repeated-engine.ts";
import { browserLanguage, fill, languages } from "../standalone/words.ts";

const offer = { networks: ["se-resnet8", "mobilenet-v3-large"], languages: ["en", "de"] };

test("an address without parameters asks for the defaults", () => {
  expect(readParameters("", offer)).toEqual({
    network: "mobilenet-v3-large",
    runtime: "onnxruntime-web/wasm",
    budget: 60,
    threads: null,
    lang: null,
    isolate: true,
    start: false,
  });
});

test("every parameter is read", () => {
  const query =
    "?network=se-resnet8&runtime=tfjs-web/webgl&budget=90&threads=4&lang=de&isolation=off&start=now";
  expect(readParameters(query, offer)).toEqual({
    network: "se-resnet8",
    runtime: "tfjs-web/webgl",
    budget: 90,
    threads: 4,
    lang: "de",
    isolate: false,
    start: true,
  });
});

test.each([
  ["?constructor=1", "unknownParameter"],
  ["?Network=se-resnet8", "unknownParameter"],
  ["?network=se-resnet8&network=se-resnet8", "repeatedParameter"],
  ["?network=__proto__", "badParameter"],
  ["?network=", "badParameter"],
  ["?runtime=constructor", "badParameter"],
  ["?threads=0", "badParameter"],
  ["?threads=2.5", "badParameter"],
  ["?budget=-5", "badParameter"],
  ["?lang=toString", "badParameter"],
])("%s is refused", (query, key) => {
  expect(() => readParameters(query, offer)).toThrow(expect.objectContaining({ key }));
});

test("every language has every sentence, with the same places", () => {
  const placesOf = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).toSorted();
  for (const words of Object.values(languages)) {
    expect(Object.keys(words)).toEqual(Object.keys(languages.en));
    for (const [key, sentence] of Object.entries(words)) {
      expect(sentence).not.toBe("");
      expect([key, ...placesOf(sentence)]).toEqual([
        key,
        ...placesOf(languages.en[key as "title"]),
      ]);
    }
  }
});

test("the browser's first language that the page has is taken, else English", () => {
  expect(browserLanguage(["fr-FR", "de-AT", "en"])).toBe("de");
  expect(browserLanguage(["constructor"])).toBe("en");
});

test("a sentence's places are filled with what is given, and nothing is filled twice", () => {
  expect(fill("{a} and {b}", { a: "{b}", b: 1 })).toBe("{b} and 1");
});

/** An engine whose sessions count their runs, each of which puts a clock forward. */
function countingEngine(runMs: number) {
  let ms = 0;
  const counts: { runs: number }[] = [];
  const prepare = async (): Promise<Session> => {
    const count = { runs: 0 };
    counts.push(count);
    return {
      stage: async () => ({}),
      async run() {
        ms += runMs;
        count.runs += 1;
        return Float32Array.of(count.runs);
      },
      attest: () => Promise.reject(new Error("nothing attests")),
      [Symbol.asyncDispose]: async () => {},
    };
  };
  const engine: Engine = {
    probe: async () => ({ ok: false, reason: "", remedy: "" }),
    encode: async () => ({ byteLength: 0 }),
    prepare,
    [Symbol.asyncDispose]: async () => {},
  };
  return { engine, counts, now: () => ms };
}

test("a clock too coarse for one run times several, as many for each session", async () => {
  const { engine, counts, now } = countingEngine(0.5);
  // Two hundred steps take 20 ms, some forty runs.
  const repeated = repeatedEngine(engine, 0.1, now);
  const options = { batch: 1, precision: "fp32" } as const;
  const sessions = [];
  for (const _ of ["plain", "se"]) {
    sessions.push(await repeated.engine.prepare({ byteLength: 0 }, options));
  }
  const input = await sessions[0]!.stage([]);
  await sessions[0]!.run(input);
  expect(counts[0]!.runs).toBe(1);
  await sessions[0]!.run(input);
  const runs = repeated.runsPerSample();
  expect(runs).toBe(40);
  for (const [at, session] of sessions.entries()) {
    const before = counts[at]!.runs;
    // The answer is that of the last of the runs.
    expect(await session.run(input)).toEqual(Float32Array.of(before + runs));
  }
});

test("a fine clock times each run by itself", async () => {
  const { engine, counts, now } = countingEngine(2);
  const repeated = repeatedEngine(engine, 0.005, now);
  const session = await repeated.engine.prepare({ byteLength: 0 }, { batch: 1, precision: "fp32" });
  const input = await session.stage([]);
  for (const _ of [1, 2, 3]) await session.run(input);
  expect(repeated.runsPerSample()).toBe(1);
  expect(counts[0]!.runs).toBe(3);
});
