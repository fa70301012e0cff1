import { describe, expect, it, test } from "vitest";
import { sampleExplanation } from "../testing/sample-explanation.ts";
import { explanationNodeData } from "./node-data.ts";
import { explanationTrace } from "./trace.ts";

/** An event of the Trace Event Format, as a viewer reads it. */
interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat: string;
  readonly ts: number;
  readonly tid: number;
}

/** A slice as a viewer builds it of the events of a track. */
interface Slice {
  readonly name: string;
  readonly cat: string;
  readonly ns: number;
  readonly path: readonly string[];
}

/** The slices of a track, read as viewers read them: in whole nanoseconds, the last one begun ends first. */
function slicesOf(events: readonly TraceEvent[], track: number): Slice[] {
  const open: { name: string; cat: string; ns: number }[] = [];
  const slices: Slice[] = [];
  let last = 0;
  for (const event of events) {
    if (event.ph === "M" || event.tid !== track) continue;
    const { ph, name, cat } = event;
    const ns = Math.round(1000 * event.ts);
    expect(ns).toBeGreaterThanOrEqual(last);
    last = ns;
    if (ph === "B") {
      open.push({ name, cat, ns });
      continue;
    }
    const begun = open.pop()!;
    expect(begun).toMatchObject({ name, cat });
    slices.push({ name, cat, ns: ns - begun.ns, path: open.map((slice) => slice.name) });
  }
  expect(open).toEqual([]);
  return slices;
}

describe("the trace of an explanation", () => {
  const { traceEvents } = JSON.parse(explanationTrace(sampleExplanation));
  const tracks = { plain: slicesOf(traceEvents, 1), se: slicesOf(traceEvents, 2) };

  it("has a track for each member, named after it", () => {
    const names = traceEvents.filter(({ name }: TraceEvent) => name === "thread_name");
    expect(names).toMatchObject([
      { tid: 1, args: { name: "resnet50" } },
      { tid: 2, args: { name: "se-resnet50" } },
    ]);
  });

  it.each(["plain", "se"] as const)("has each kernel of %s once, with its part", (member) => {
    const kernels = sampleExplanation.kernels![member];
    for (const { node, part, ms } of kernels) {
      const found = tracks[member].filter(({ name }) => name === node);
      // A kernel of no time is drawn as long as viewers can draw one.
      const ns = Math.max(1, Math.round(1e6 * ms));
      expect(found).toEqual([{ name: node, cat: part, ns, path: expect.anything() }]);
    }
  });

  it("has a kernel within its stage, block and part", () => {
    const pool = tracks.se.find(({ name }) => name === "stage2/block0/squeeze/pool")!;
    expect(pool.path).toEqual(["run", "stage 2", "block 0", "squeeze"]);
    const stem = tracks.se.find(({ name }) => name === "stem/relu_nchwc")!;
    expect(stem.path).toEqual(["run", "trunk"]);
  });

  it("is as long as the profiled run", () => {
    const { plain, se } = sampleExplanation.profiler.members;
    expect(tracks.plain.at(-1)).toMatchObject({ name: "run", ns: 1e6 * plain.profiledMs });
    // The kernel of no time takes one nanosecond.
    expect(tracks.se.at(-1)).toMatchObject({ name: "run", ns: 1e6 * se.profiledMs + 1 });
  });
});

test("the data of the nodes add up the kernels of each node of the network with SE", () => {
  const { results } = JSON.parse(explanationNodeData(sampleExplanation));
  expect(results["stage2/block0/excite/fc1"]).toEqual({ value: 0.05 });
  expect(Object.keys(results)).toHaveLength(7);
});

test("a record of before kernels were kept is refused, with a remedy", () => {
  const old = { ...sampleExplanation, kernels: null };
  for (const form of [explanationTrace, explanationNodeData]) {
    expect(() => form(old)).toThrow(
      expect.objectContaining({ name: "InputError", remedy: expect.stringContaining("again") }),
    );
  }
});
