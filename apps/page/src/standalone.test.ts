import { expect, test } from "vitest";
import { readParameters } from "../standalone/parameters.ts";
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
