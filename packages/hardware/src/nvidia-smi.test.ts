import { expect, test } from "vitest";
import { parseNvidiaSmi, parseNvidiaStates } from "./nvidia-smi.ts";

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

// The cells are as `nvidia-smi --format=csv,noheader,nounits` writes them.
test("heat and power hold a clock down, idleness and a person's setting do not", () => {
  const text = [
    "NVIDIA H100 80GB HBM3, 1980, 61, 412.35, 0x0000000000000000",
    "Tesla T4, 585, 84, 70.02, 0x0000000000000024",
    "Tesla T4, 300, 30, 9.80, 0x0000000000000001",
  ].join("\n");
  expect(parseNvidiaStates(text)).toEqual([
    {
      name: "NVIDIA H100 80GB HBM3",
      clockMHz: 1980,
      temperatureC: 61,
      powerW: 412.35,
      throttled: false,
    },
    { name: "Tesla T4", clockMHz: 585, temperatureC: 84, powerW: 70.02, throttled: true },
    { name: "Tesla T4", clockMHz: 300, temperatureC: 30, powerW: 9.8, throttled: false },
  ]);
});

test("what the driver does not tell is null", () => {
  expect(parseNvidiaStates("NVIDIA GB10, [N/A], 40, [N/A], [N/A]\n")).toEqual([
    { name: "NVIDIA GB10", clockMHz: null, temperatureC: 40, powerW: null, throttled: null },
  ]);
  expect(parseNvidiaStates("No devices were found\n")).toEqual([]);
});

test("numbers that no GPU has are not told", () => {
  const digits = "9".repeat(400);
  expect(parseNvidiaSmi(`GPU, 1.0, ${digits}, 8.0`)[0]).toMatchObject({ memoryBytes: null });
  expect(parseNvidiaSmi("GPU, 1.0, -5, 8.0")[0]).toMatchObject({ memoryBytes: null });
  expect(parseNvidiaStates(`GPU, ${digits}, Infinity, 1, 0x0`)[0]).toMatchObject({
    clockMHz: null,
    temperatureC: null,
  });
});
