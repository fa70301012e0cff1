import type { EncodedModel, Engine, Session } from "@sebench/runtime";
import { countMacs, countParameters, type Network } from "@sebench/spec";
import { expect, test } from "vitest";
import { measureRoofline } from "./measure-roofline.ts";
import { readingProbe, withWeights } from "./probe-network.ts";

interface Timed extends EncodedModel {
  readonly network: Network;
}

/** An engine for any network that computes nothing, and takes the time that it is given. */
function timedEngine(runMs: (network: Network, batch: number, run: number) => number) {
  let clockMs = 0;
  let open = 0;
  const seen: Network[] = [];
  const engine: Engine<Timed> = {
    probe: () => Promise.reject(new Error("not probed here")),
    encode: async ({ network }) => ({ network, byteLength: 0 }),
    async prepare({ network }, { batch }): Promise<Session> {
      open++;
      seen.push(network);
      let run = 0;
      return {
        stage: async () => ({}),
        async run() {
          clockMs += runMs(network, batch, run++);
          return new Float32Array();
        },
        attest: () => Promise.reject(new Error("not attested here")),
        [Symbol.asyncDispose]: async () => void open--,
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { engine, seen, stillOpen: () => open, now: () => clockMs };
}

const request = {
  batch: 2,
  precision: "fp32",
  parameters: 3e6,
  macs: 4e9,
  budgetMs: 500,
} as const;

/** A machine of 50 GMAC/s and 8 GB/s, whose kernels take 0.2 ms each to start. */
function idealMs(network: Network, batch: number): number {
  const work = countMacs(network) / 50e6;
  const reading = (4 * countParameters(network)) / 8e6;
  return 0.2 * network.nodes.length + batch * work + reading;
}

test("the rates that the engine has are those that are measured", async () => {
  const { engine, now, stillOpen } = timedEngine(idealMs);
  const roofline = await measureRoofline(engine, request, now);
  // A probe reads while it computes, one after the other here.
  expect(roofline.bytesPerSecond).toBeCloseTo(4 / (4 / 8e9 + 1 / 50e9), -3);
  expect(roofline.peakMacsPerSecond / 50e9).toBeGreaterThan(0.98);
  expect(roofline.peakMacsPerSecond / 50e9).toBeLessThanOrEqual(1);
  expect(stillOpen()).toBe(0);
});

test("slow runs, such as the first, do not count", async () => {
  const settled = timedEngine(idealMs);
  const disturbed = timedEngine((network, batch, run) => {
    return idealMs(network, batch) * (run < 3 ? 20 : 1);
  });
  const patient = { ...request, budgetMs: 60_000 };
  const rates = await measureRoofline(settled.engine, patient, settled.now);
  const despite = await measureRoofline(disturbed.engine, patient, disturbed.now);
  expect(despite.bytesPerSecond).toBeCloseTo(rates.bytesPerSecond, 0);
});

test("a rate that the cost of a run hides is 0", async () => {
  const { engine, now } = timedEngine(() => 5);
  expect(await measureRoofline(engine, request, now)).toEqual({
    bytesPerSecond: 0,
    peakMacsPerSecond: 0,
  });
});

test("what is read is as large as the network, and what is computed no larger", async () => {
  const { engine, now, seen } = timedEngine(idealMs);
  await measureRoofline(engine, request, now);
  const largest = (of: (network: Network) => number) => Math.max(...seen.map(of));
  expect(largest(countParameters)).toBeLessThanOrEqual(request.parameters);
  expect(largest(countParameters)).toBeGreaterThan(0.99 * request.parameters);
  expect(largest((network) => countMacs(network))).toBeLessThan(1.02 * request.macs);
});

test("no two layers of a probe have the same weights, which an engine may keep once", () => {
  const { network } = readingProbe("dense", 2.5 * 2 ** 20);
  const layers = [...withWeights(network).weights.values()].map(({ data }) =>
    data.slice(0, 4).join(),
  );
  expect(new Set(layers).size).toBe(3);
});
