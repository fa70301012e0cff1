import { expect, test } from "vitest";
import { parseNvidiaSmi } from "./nvidia-smi.ts";

test("each line is a GPU, with its memory in bytes", () => {
  const text = "NVIDIA H100 80GB HBM3, 550.54.15, 81559, 9.0\nTesla T4, 535.183.01, 15360, 7.5\n";
  expect(parseNvidiaSmi(text)).toEqual([
    {
      name: "NVIDIA H100 80GB HBM3",
      driver: "550.54.15",
      memoryBytes: 85_520_809_984,
      computeCapability: "9.0",
    },
    {
      name: "Tesla T4",
      driver: "535.183.01",
      memoryBytes: 16_106_127_360,
      computeCapability: "7.5",
    },
  ]);
});

test("a GPU that shares the system's memory has none of its own to tell", () => {
  expect(parseNvidiaSmi("NVIDIA GB10, 580.95.05, [N/A], 12.1\n")).toMatchObject([
    { name: "NVIDIA GB10", driver: "580.95.05", memoryBytes: null },
  ]);
});

test("an old driver tells no compute capability", () => {
  expect(parseNvidiaSmi("Tesla K80, 450.80.02, 11441\n")).toMatchObject([
    { name: "Tesla K80", computeCapability: null },
  ]);
});

test("a tool that finds no devices lists no GPU", () => {
  expect(parseNvidiaSmi("No devices were found\n")).toEqual([]);
});
