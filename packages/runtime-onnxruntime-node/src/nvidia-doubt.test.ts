import { readFile } from "node:fs/promises";
import { summariseProfile } from "@sebench/onnxruntime";
import { expect, it } from "vitest";
import { doubtNvidia } from "./nvidia.ts";

async function observed(name: string) {
  const text = await readFile(new URL(`../testdata/${name}.json`, import.meta.url), "utf8");
  return { profile: summariseProfile(text), driver: "580.95.05", tf32: true };
}

it("is content where CUDA ran every node", async () => {
  expect(doubtNvidia("CUDAExecutionProvider", await observed("cuda"), {})).toBeNull();
});

it("names the node that fell back to the CPU", async () => {
  expect(doubtNvidia("CUDAExecutionProvider", await observed("cuda-mul-on-cpu"), {})).toBe(
    "not every node ran on CUDAExecutionProvider: 1 on CPUExecutionProvider",
  );
});

it("does not take CUDA's work for TensorRT's", async () => {
  const reason = doubtNvidia("TensorrtExecutionProvider", await observed("cuda"), {});
  expect(reason).toContain("13 on CUDAExecutionProvider");
});

it("does not believe a profile in a process without NVIDIA's driver", async () => {
  const observation = { ...(await observed("cuda")), driver: null };
  expect(doubtNvidia("CUDAExecutionProvider", observation, {})).toContain("libcuda.so");
});

it("does not believe that TF32 was off where it may have been on", async () => {
  const observation = await observed("cuda");
  const doubt = (tf32: boolean, asked: { tf32?: boolean }) =>
    doubtNvidia("CUDAExecutionProvider", { ...observation, tf32 }, asked);
  expect(doubt(true, { tf32: false })).toContain("NVIDIA_TF32_OVERRIDE=0");
  expect(doubt(false, { tf32: false })).toBeNull();
  expect(doubt(true, { tf32: true })).toBeNull();
});
