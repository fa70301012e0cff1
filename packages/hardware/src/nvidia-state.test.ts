import { expect, test } from "vitest";
import { parseNvidiaStates } from "./nvidia-state.ts";

// Cells as `nvidia-smi --format=csv,noheader,nounits` writes them.
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
