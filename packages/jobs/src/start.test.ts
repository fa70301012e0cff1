import { type Engine, imagesOfRun, type Session } from "@sebench/runtime";
import { expect, test } from "vitest";
import { measureStart, type StartPlace } from "./start.ts";

const request = {
  files: { head: "head", model: "model", images: "images" },
  inputShape: [1, 1, 1, 2],
  runs: 4,
  leastRuns: 2,
  budgetMs: 1000,
};

/** A place with a clock of its own, on which each step takes a time that tells it from the others. */
function virtualPlace(runMs: number) {
  const steps: string[] = [];
  let clockMs = 5000;
  const take = (step: string, ms: number) => {
    steps.push(step);
    clockMs += ms;
  };
  const session: Session = {
    async stage(input) {
      take(`stage ${imagesOfRun(input).data.join(" ")}`, 1);
      return {};
    },
    async run() {
      take("run", runMs);
      return Float32Array.of(steps.length);
    },
    attest: () => Promise.reject(new Error("a start does not attest")),
    [Symbol.asyncDispose]: async () => take("dispose session", 3),
  };
  const engine: Engine = {
    probe: () => Promise.reject(new Error("a start does not probe")),
    encode: () => Promise.reject(new Error("a start does not encode")),
    prepare: () => Promise.reject(new Error("a start opens a stored model")),
    deployment: {
      start: async () => take("start", 20),
      async open({ head, bytes }) {
        take(`open ${JSON.stringify(head)} ${bytes.join(" ")}`, 300);
        return session;
      },
    },
    [Symbol.asyncDispose]: async () => take("dispose engine", 3),
  };
  const contents: Record<string, Uint8Array> = {
    head: new TextEncoder().encode('{"a":1}'),
    model: Uint8Array.of(7, 8),
    images: new Uint8Array(Float32Array.of(0.5, 1.5).buffer),
  };
  const place: StartPlace = {
    now: () => clockMs,
    hostMs: 42,
    async load() {
      take("load", 100);
      return engine;
    },
    async read(file) {
      take(`read ${file}`, file === "images" ? 9000 : 2000);
      return contents[file]!;
    },
    memory(moment) {
      take(`memory ${moment}`, 700);
      return { residentBytes: steps.length, proportionalBytes: null };
    },
  };
  return { place, steps };
}

test("the clock of a start stands still while memory is read and the image is fetched", async () => {
  const { place } = virtualPlace(10);
  const { stepsMs, runsMs } = await measureStart(request, place);
  expect(stepsMs).toEqual({ host: 42, engine: 120, model: 4000, session: 300, answer: 11 });
  expect(runsMs).toEqual([10, 10, 10, 10]);
});

test("a start does what a deployment does, in its order, and memory is read between", async () => {
  const { place, steps } = virtualPlace(10);
  const { memory, first, last } = await measureStart(request, place);
  expect(steps).toEqual([
    "read images",
    "memory before",
    "load",
    "start",
    "memory engine",
    "read head",
    "read model",
    'open {"a":1} 7 8',
    "memory session",
    "stage 0.5 1.5",
    "run",
    "run",
    "run",
    "run",
    "run",
    "memory steady",
    "memory peak",
    "dispose session",
    "dispose engine",
    "memory disposed",
  ]);
  expect(memory.session).toEqual({ residentBytes: 9, proportionalBytes: null });
  expect([...first, ...last]).toEqual([11, 15]);
});

test("slow runs end with the time for them, but not before the least", async () => {
  const counts = [400, 3000].map(async (runMs) => {
    const { runsMs } = await measureStart(request, virtualPlace(runMs).place);
    return runsMs.length;
  });
  expect(await Promise.all(counts)).toEqual([3, 2]);
});
