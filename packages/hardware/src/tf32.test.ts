import { expect, it } from "vitest";
import { mayRoundToTf32 } from "./tf32.ts";

const turing = { computeCapability: "7.5" };
const ampere = { computeCapability: "8.0" };
const blackwell = { computeCapability: "12.0" };
const silent = { computeCapability: null };

it("may be on any GPU from Ampere on", () => {
  expect(mayRoundToTf32([ampere], {})).toBe(true);
  expect(mayRoundToTf32([blackwell], {})).toBe(true);
});

it("cannot be on a GPU that lacks it", () => {
  expect(mayRoundToTf32([turing], {})).toBe(false);
});

it("may be where one GPU of several has it, or does not tell", () => {
  expect(mayRoundToTf32([turing, ampere], {})).toBe(true);
  expect(mayRoundToTf32([silent], {})).toBe(true);
  expect(mayRoundToTf32([], {})).toBe(true);
});

it("is off only by the environment that NVIDIA's libraries read", () => {
  expect(mayRoundToTf32([ampere], { NVIDIA_TF32_OVERRIDE: "0" })).toBe(false);
  expect(mayRoundToTf32([ampere], { NVIDIA_TF32_OVERRIDE: "1" })).toBe(true);
});
