import { describe, expect, it } from "vitest";
import { describeEngine } from "./engine-conformance.ts";
import { importWithoutEngines } from "./import-without-engines.ts";
import type { ConformanceSubject } from "./subject.ts";

/** Runs the contract's tests on a real engine. A test file calls this function at its top level. */
export function describeRuntimeConformance(subject: ConformanceSubject): void {
  const { runtime, host = "node", precision = "fp32", declaredIn } = subject;

  describe(`the declaration of ${runtime.id} on ${host}`, () => {
    it("is plain data, besides load", () => {
      const { load, ...data } = runtime;
      expect(load).toBeTypeOf("function");
      expect(JSON.parse(JSON.stringify(data))).toEqual(data);
      expect(data.hosts).not.toHaveLength(0);
      expect(data.precisions).toContain("fp32");
      expect(data.precisions).toContain(precision);
    });

    it("loads no engine when it is imported", async () => {
      await expect(importWithoutEngines(declaredIn)).resolves.toBeUndefined();
    });
  });

  describe(
    `the engine of ${runtime.id} on ${host} in ${precision}`,
    { timeout: subject.timeoutMs ?? 60_000 },
    () => {
      describeEngine(subject);
    },
  );
}
