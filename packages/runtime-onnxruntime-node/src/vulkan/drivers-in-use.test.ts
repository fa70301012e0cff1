import { expect, it } from "vitest";
import { doubtDrivers, inUse } from "./drivers.ts";

const mapped = ["libGLX_nvidia.so.580.95.05", "libc.so.6", "libvulkan.so.1.3.239"];
const nvidia = { name: "libGLX_nvidia.so.580.95.05", software: false };
const swiftShader = { name: "libvk_swiftshader.so", software: true };

it("finds a driver by its library in the process, whatever the version in its name", () => {
  expect(inUse(["libGLX_nvidia.so.0", "libvulkan_intel.so"], mapped)).toEqual([nvidia]);
});

it("tells a driver that computes on the CPU", () => {
  expect(inUse(["libvk_swiftshader.so"], ["libvk_swiftshader.so"])).toEqual([swiftShader]);
  expect(inUse(["libvulkan_lvp.so"], ["libvulkan_lvp.so"])[0]?.software).toBe(true);
});

it("is content with drivers that all compute alike", () => {
  expect(doubtDrivers([nvidia])).toBeNull();
  expect(doubtDrivers([swiftShader])).toBeNull();
});

it("takes a GPU's driver beside one in software for no proof of either", () => {
  expect(doubtDrivers([nvidia, swiftShader])).toBe(
    "it is not known which of these drivers computed: libGLX_nvidia.so.580.95.05, libvk_swiftshader.so",
  );
});

it("takes a process without a driver for no proof", () => {
  expect(doubtDrivers(inUse(["libvulkan_intel.so"], mapped))).toContain("no GPU driver");
});
