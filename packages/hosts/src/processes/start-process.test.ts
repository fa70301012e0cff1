import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StartMeasurement, StoredMember } from "@sebench/jobs";
import type { Member } from "@sebench/measure";
import type { MemoryMoment } from "@sebench/results";
import { buildNetwork, countParameters } from "@sebench/spec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Watch } from "../host/host.ts";
import { processHost } from "./process-host.ts";
import { thisNode } from "./program.ts";

const watch: Watch = {
  signal: new AbortController().signal,
  timeoutMs: 120_000,
  onProgress: () => {},
};
const host = processHost(thisNode);
const runtime = "onnxruntime-node/cpu";
const engine = { threads: 1 };
const networks = { plain: "resnet50", se: "se-resnet50" };
const imageSize = 64;

describe.runIf(process.platform === "linux")(
  "starts of a native runtime",
  { timeout: 120_000 },
  () => {
    let folder: string;
    let stored: Readonly<Record<Member, StoredMember>>;
    const starts: Record<Member, StartMeasurement[]> = { plain: [], se: [] };
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "starts-"));
      stored = await host.run(
        {
          kind: "store",
          runtime,
          engine,
          pair: {
            networks,
            imageSize,
            weights: { kind: "seeded", seed: 1 },
            images: { dataset: "photographs", count: 1 },
          },
          lowering: "gemm",
          session: { batch: 1, precision: "fp32" },
          folder,
        },
        watch,
      );
      for (const member of ["plain", "se", "plain"] as const) {
        const request = { ...stored[member], runs: 20, leastRuns: 20, budgetMs: 0 };
        starts[member].push(await host.run({ kind: "start", runtime, engine, request }, watch));
      }
    }, 120_000);
    afterAll(() => rm(folder, { recursive: true }));

    const growth = ({ memory }: StartMeasurement, moment: MemoryMoment) =>
      memory[moment]!.residentBytes - memory.before!.residentBytes;
    const parameterBytes = (member: Member) =>
      4 * countParameters(buildNetwork(networks[member], { imageSize }));

    it.each(["plain", "se"] as const)("keep %s's parameters, at the least", (member) => {
      for (const start of starts[member]) {
        expect(growth(start, "steady")).toBeGreaterThan(0.9 * parameterBytes(member));
        expect(growth(start, "peak")).toBeGreaterThanOrEqual(growth(start, "steady"));
      }
    });

    it("take memory that differs little between plain and SE, as their parameters do", () => {
      expect(parameterBytes("se") / parameterBytes("plain")).toBeCloseTo(1.1, 2);
      for (const moment of ["peak", "steady"] as const) {
        const ratio = growth(starts.se[0]!, moment) / growth(starts.plain[0]!, moment);
        expect(Math.abs(ratio - 1)).toBeLessThan(0.25);
      }
    });

    it("do not depend on what was started before", () => {
      const [first, afterSe] = starts.plain.map((start) => growth(start, "steady"));
      expect(Math.abs(afterSe! / first! - 1)).toBeLessThan(0.1);
    });

    it("tell each step, and give the same answer in each process, first and last", () => {
      const [one, other] = starts.plain;
      for (const ms of Object.values(one!.stepsMs)) expect(ms).toBeGreaterThan(0);
      expect(one!.runsMs).toHaveLength(20);
      expect(other!.first).toEqual(one!.first);
      expect(one!.last).toEqual(one!.first);
      expect(one!.bytes).toBeNull();
    });
  },
);
