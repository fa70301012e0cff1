import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseVulkanDrivers, driverLibraries } from "./drivers.ts";

const folder = "/usr/share/vulkan/icd.d";
const [intel, lavapipe, nvidia] = ["intel_icd", "lvp_icd.x86_64", "nvidia_icd"].map(
  (name) => `${folder}/${name}.json`,
) as [string, string, string];
const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
const fetched = "/home/ada/.cache/sebench/vk_swiftshader_icd.json";

const bare = { environment: {}, hasGpu: false, installed: [], swiftShaders: [] };

describe("chooseVulkanDrivers", () => {
  it("takes what a person has named, on whatever machine", () => {
    const machine = { hasGpu: true, installed: [nvidia], swiftShaders: [swiftShader] };
    const named = `${intel}${path.delimiter}${lavapipe}`;
    const both = { manifests: [intel, lavapipe], by: "environment" };
    expect(chooseVulkanDrivers({ ...machine, environment: { VK_ICD_FILENAMES: named } })).toEqual(
      both,
    );
    const older = { VK_DRIVER_FILES: named, VK_ICD_FILENAMES: nvidia };
    expect(chooseVulkanDrivers({ ...machine, environment: older })).toEqual(both);
  });

  it("takes an empty variable as unset", () => {
    const environment = { VK_DRIVER_FILES: "", VK_ICD_FILENAMES: "" };
    expect(chooseVulkanDrivers({ ...bare, environment, swiftShaders: [swiftShader] }).by).toBe(
      "software",
    );
  });

  it("takes a GPU's drivers, and hides from it those in software", () => {
    const machine = { ...bare, hasGpu: true, installed: [intel, lavapipe, nvidia] };
    expect(chooseVulkanDrivers({ ...machine, swiftShaders: [swiftShader] })).toEqual({
      manifests: [intel, nvidia],
      by: "gpu",
    });
  });

  it("takes SwiftShader where drivers are installed but no GPU is there", () => {
    const machine = { ...bare, installed: [intel, lavapipe], swiftShaders: [swiftShader, fetched] };
    expect(chooseVulkanDrivers(machine)).toEqual({ manifests: [swiftShader], by: "software" });
  });

  it("takes SwiftShader where a GPU has no driver", () => {
    const machine = { ...bare, hasGpu: true, installed: [lavapipe], swiftShaders: [fetched] };
    expect(chooseVulkanDrivers(machine)).toEqual({ manifests: [fetched], by: "software" });
  });

  it("leaves it to the loader where there is nothing better", () => {
    expect(chooseVulkanDrivers({ ...bare, installed: [lavapipe] })).toEqual({
      manifests: [lavapipe],
      by: "loader",
    });
    expect(chooseVulkanDrivers(bare)).toEqual({ manifests: [], by: "loader" });
  });
});

describe("driverLibraries", () => {
  let manifests: string;

  beforeEach(async () => {
    manifests = await mkdtemp(path.join(os.tmpdir(), "sebench-vulkan-"));
    for (const [name, library] of [
      ["a.json", "libGLX_nvidia.so.0"],
      ["b.json", "/usr/lib/libvulkan_lvp.so"],
    ] as const) {
      const text = JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: library } });
      await writeFile(path.join(manifests, name), text);
    }
    await writeFile(path.join(manifests, "broken.json"), "{");
  });
  afterEach(() => rm(manifests, { recursive: true }));

  it("reads the libraries' names from manifests", async () => {
    expect(await driverLibraries([path.join(manifests, "b.json")])).toEqual(["libvulkan_lvp.so"]);
  });

  it("reads a whole folder of manifests, and passes over what is none", async () => {
    expect(await driverLibraries([manifests, "/nonexistent.json"])).toEqual([
      "libGLX_nvidia.so.0",
      "libvulkan_lvp.so",
    ]);
  });
});
