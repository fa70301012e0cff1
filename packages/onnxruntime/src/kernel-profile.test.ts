import { readFile } from "node:fs/promises";
import type { Profile } from "@sebench/runtime";
import { describe, expect, it } from "vitest";
import { kernelProfile } from "./profile.ts";

/** A recorded profile of two runs of a network of one convolution, one SE block and a head; `profile.test.ts` says how. */
async function recorded(name: string): Promise<string> {
  return readFile(new URL(`../testdata/${name}.json`, import.meta.url), "utf8");
}

/** The kernels as lines of `node op ms ms`. */
function lines(profile: Profile): string[] {
  if (!profile.ok) throw new Error(profile.reason);
  return profile.kernels.map(({ node, op, ms }) => `${node} ${op} ${ms.join(" ")}`);
}

const event = (cat: string, name: string, ts: number, dur: number, args: object = {}) => ({
  cat,
  name,
  ts,
  dur,
  args,
});

describe("kernelProfile", () => {
  it("times a kernel by the host until the next one starts, and the last by itself", async () => {
    const profile = kernelProfile(await recorded("onnxruntime-web-wasm"), [43, 29]);
    expect(profile).toMatchObject({ ok: true, clock: "host", runMs: [43, 29] });
    // The starts in the file are apart by 485924 - 463414 and 521809 - 503895 microseconds.
    expect(lines(profile)[0]).toBe("conv0 FusedConv 22.51 17.914");
    expect(lines(profile).map((line) => line.split(" ")[0])).toEqual(
      ["conv0", "pool0", "fc1_0", "fc2_0", "mul0", "hp", "flat", "fc"], // The order is as recorded.
    );
    expect(lines(profile).at(-1)).toMatch(/^fc Gemm 5\.469 /);
  });

  it("takes a GPU's own times where they are told, run by run", async () => {
    const profile = kernelProfile(await recorded("onnxruntime-web-webgpu"), [25_789, 38]);
    expect(profile).toMatchObject({ ok: true, clock: "gpu" });
    // Flatten runs nothing on the GPU.
    expect(lines(profile)).toEqual([
      "Transpose Transpose 37.887 18.53",
      "conv0_token_1 Conv 4.267 2.844",
      "pool0_token_5 GlobalAveragePool 0.453 0.149",
      "fc1_0_token_8 Conv 0.554 0.471",
      "fc2_0_token_12 Conv 0.739 0.497",
      "mul0 Mul 0.05 0.036",
      "hp_token_16 GlobalAveragePool 0.145 0.137",
      "Transpose_token_15 Transpose 0.048 0.02",
      "fc Gemm 1.069 0.793",
    ]);
  });

  it("reads CUDA's kernels by the nodes that launched them", () => {
    const run = (at: number) => [
      event("Node", "stage2/block0/squeeze/pool_kernel_time", at, 9, {
        op_name: "GlobalAveragePool",
      }),
      event("Kernel", "void cudnn::pooling_fw_4d_kernel", at + 4, 31, {
        op_name: "GlobalAveragePool",
        parent_name: "stage2/block0/squeeze/pool_kernel_time",
        stream: "7",
      }),
      event("Node", "stage2/block0/scale/mul_kernel_time", at + 10, 7, { op_name: "Mul" }),
      event("Kernel", "void onnxruntime::cuda::_BinaryElementWise", at + 35, 12, {
        op_name: "Mul",
        parent_name: "stage2/block0/scale/mul_kernel_time",
        stream: "7",
      }),
      event("Session", "model_run", at, 60),
    ];
    const profile = kernelProfile(JSON.stringify([...run(100), ...run(200)]), [0.06, 0.06]);
    expect(profile).toMatchObject({ clock: "gpu" });
    expect(lines(profile)).toEqual([
      "stage2/block0/squeeze/pool GlobalAveragePool 0.031 0.031",
      "stage2/block0/scale/mul Mul 0.012 0.012",
    ]);
  });

  it("says that it is the host's clock where CUDA's profile has launches only", async () => {
    const file = "../../runtime-onnxruntime-node/testdata/cuda.json";
    const text = await readFile(new URL(file, import.meta.url), "utf8");
    const nodes = (JSON.parse(text) as { cat: string }[]).filter(({ cat }) => cat === "Node");
    // The file has two runs, without the events that end them.
    const end = event("Session", "model_run", 0, 0);
    const events = [...nodes.slice(0, 13), end, ...nodes.slice(13), end];
    const profile = kernelProfile(JSON.stringify(events), [0, 0]);
    expect(profile).toMatchObject({ ok: true, clock: "host" });
    // 884404 - 836676 microseconds from the first to the second start, in the first run.
    expect(lines(profile)[0]).toMatch(/^stem\/conv1_token_2 Conv 47\.728 /);
  });

  it("tells how many tensors a kernel takes: an addition that is fused is one more", () => {
    const map = { float: [1, 16, 32, 32] };
    const given = [map, { float: [16, 16, 3, 3] }, { float: [16] }, map];
    const args = { op_name: "Conv", input_type_shape: given };
    const events = [
      event("Node", "conv2_kernel_time", 0, 5, args),
      event("Session", "model_run", 0, 6),
    ];
    expect(kernelProfile(JSON.stringify(events), [1])).toMatchObject({ kernels: [{ inputs: 4 }] });
  });

  it("gives a reason for a profile of other runs than were made", async () => {
    const profile = kernelProfile(await recorded("onnxruntime-web-wasm"), [43]);
    expect(profile).toMatchObject({
      ok: false,
      reason: "onnxruntime does not tell what each kernel took: the profile shows 2 runs of 1",
    });
  });

  it("gives a reason for runs that differ in their kernels", () => {
    const events = [
      event("Node", "a_kernel_time", 1, 1, { op_name: "Conv" }),
      event("Session", "model_run", 0, 3),
      event("Node", "b_kernel_time", 11, 1, { op_name: "Conv" }),
      event("Session", "model_run", 10, 3),
    ];
    expect(kernelProfile(JSON.stringify(events), [1, 1])).toMatchObject({
      ok: false,
      reason: expect.stringContaining("differ in their kernels"),
    });
  });
});
