import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { notOnlyOn, summariseProfile } from "./profile.ts";

/**
 * A summary of two runs of a network of one convolution, one SE block and a head, which
 * onnxruntime 1.30 profiled with two threads. The events in the file are unchanged but
 * for some of their `args`.
 */
async function recorded(name: string) {
  return summariseProfile(
    await readFile(new URL(`../testdata/${name}.json`, import.meta.url), "utf8"),
  );
}

describe("summariseProfile", () => {
  it("counts each node once, however often it ran", async () => {
    const { providers, operators } = await recorded("onnxruntime-node-cpu");
    expect(providers).toEqual({ CPUExecutionProvider: 11 });
    expect(operators).toEqual({
      Conv: 3,
      ReorderOutput: 3,
      GlobalAveragePool: 2,
      Mul: 1,
      Flatten: 1,
      Gemm: 1,
    });
  });

  it("tells threads that worked from those that were only there", async () => {
    expect((await recorded("onnxruntime-web-wasm")).threads).toEqual({ pool: 2, busy: 2 });
    expect((await recorded("onnxruntime-web-webgpu")).threads).toEqual({ pool: 2, busy: 1 });
  });

  it("counts a thread once that starts late, and has no id of its own before", () => {
    const kernel = (threads: Record<string, { num_run: number }>) => ({
      cat: "Node",
      name: "fc_kernel_time",
      ts: 1,
      dur: 1,
      args: { thread_scheduling_stats: { sub_threads: threads } },
    });
    const events = [
      kernel({ "thread::id of a non-executing thread": { num_run: 0 } }),
      kernel({ "140": { num_run: 3 } }),
    ];
    expect(summariseProfile(JSON.stringify(events)).threads).toEqual({ pool: 2, busy: 2 });
  });

  it("takes an engine without a thread pool as one thread", () => {
    // onnxruntime writes this with intraOpNumThreads 1.
    const event = {
      cat: "Node",
      name: "fc_kernel_time",
      ts: 1,
      dur: 1,
      args: { thread_scheduling_stats: "" },
    };
    expect(summariseProfile(JSON.stringify([event])).threads).toEqual({ pool: 1, busy: 1 });
  });

  it("counts the kernels that a GPU ran", async () => {
    expect((await recorded("onnxruntime-web-webgpu")).gpuKernels).toBe(18);
    expect((await recorded("onnxruntime-web-wasm")).gpuKernels).toBe(0);
  });

  it("tells which node the CPU ran, and what the copies around it took", async () => {
    const { elsewhere, copies } = await recorded("onnxruntime-web-webgpu-mul-on-cpu");
    // The times of the file's first run, which were the shorter ones: 31.109, 5.879 and 4.039 ms.
    expect(copies).toEqual({ count: 3, ms: expect.closeTo(31.109 + 5.879 + 4.039, 9) });
    expect(elsewhere).toEqual([{ node: "mul0", op: "Mul", why: "no kernel" }]);
  });

  it.each(["onnxruntime-node-cpu", "onnxruntime-web-webgpu"])(
    "tells of no node elsewhere and of no copy in %s",
    async (name) => {
      expect(await recorded(name)).toMatchObject({ elsewhere: [], copies: { count: 0, ms: 0 } });
    },
  );

  it("refuses a profile that is cut off", () => {
    expect(() => summariseProfile('[\n{"cat":"Node",')).toThrow("not JSON");
  });
});

describe("notOnlyOn", () => {
  it("is content where every node ran on the provider", async () => {
    const profile = await recorded("onnxruntime-web-webgpu");
    expect(notOnlyOn("WebGpuExecutionProvider", profile)).toBeNull();
  });

  it("names the provider that one node fell back to", async () => {
    const profile = await recorded("onnxruntime-web-webgpu-mul-on-cpu");
    expect(notOnlyOn("WebGpuExecutionProvider", profile)).toBe(
      "not every node ran on WebGpuExecutionProvider: 1 on CPUExecutionProvider",
    );
  });

  it("takes an empty profile for no proof", () => {
    expect(notOnlyOn("CPUExecutionProvider", summariseProfile("[]"))).toBe(
      "the profile shows no node at all",
    );
  });
});
