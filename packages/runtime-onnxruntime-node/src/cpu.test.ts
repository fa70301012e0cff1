import { describe, expect, it } from "vitest";
import { cpuRow } from "./device.ts";

const profile = {
  providers: { CPUExecutionProvider: 60 },
  operators: { Conv: 60 },
  products: { float: 60 },
  threads: { pool: 2, busy: 2 },
  gpuKernels: 0,
  elsewhere: [],
  copies: { count: 0, ms: 0 },
};

describe("the CPU", () => {
  it("is proven by a profile in which it ran every node with the threads asked for", async () => {
    expect((await cpuRow.judge(profile, { threads: 2 })).reason).toBeNull();
  });

  it("is proven with whatever threads the engine makes where none were asked for", async () => {
    expect((await cpuRow.judge(profile, { threads: null })).reason).toBeNull();
  });

  it("is not proven where the engine made other threads", async () => {
    expect((await cpuRow.judge(profile, { threads: 4 })).reason).toBe(
      "4 threads were asked for, and the engine made 2",
    );
  });

  it("explains an engine without blocked kernels, in whose words it knows no such operator", async () => {
    const message =
      "Can't create a session. ERROR_CODE: 1, ERROR_MESSAGE: Fatal error: " +
      "com.microsoft.nchwc:ReorderInput(-1) is not a registered function/op";
    expect((await cpuRow.explain(message))?.remedy).toBe('leave "nchwc/" out of --lowering');
    expect(await cpuRow.explain("Can't create a session.")).toBeNull();
  });

  it("is not proven where another provider ran a node", async () => {
    const providers = { CPUExecutionProvider: 59, XnnpackExecutionProvider: 1 };
    const verdict = await cpuRow.judge({ ...profile, providers }, { threads: 2 });
    expect(verdict.reason).toContain("1 on Xnnpack");
  });
});
