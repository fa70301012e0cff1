import { expect, it } from "vitest";
import { sortCudaLibraries } from "./device.ts";

const { loaded, missing } = sortCudaLibraries([
  "libc.so.6",
  "libcublasLt.so.11.4.1.1043",
  "libcuda.so.470.57.02",
  "libcudadebugger.so.1",
  "libcudart.so.11.2.152",
]);

it("names NVIDIA's libraries by their files, which tell the versions", () => {
  expect(loaded).toEqual([
    "libcublasLt.so.11.4.1.1043",
    "libcuda.so.470.57.02",
    "libcudart.so.11.2.152",
  ]);
});

it("names those that TensorFlow asks for and did not get", () => {
  expect(missing).toEqual([
    "libcublas.so.11",
    "libcufft.so.10",
    "libcurand.so.10",
    "libcusolver.so.11",
    "libcusparse.so.11",
    "libcudnn.so.8",
  ]);
});
