import { describe, expect, it } from "vitest";
import { describeAdapter, isSoftware } from "./adapter.ts";

/** What browsers tell of their adapters. Firefox tells nothing, as `silent` does. */
const adapters = {
  swiftshader: { vendor: "google", architecture: "swiftshader", device: "", description: "" },
  llvmpipe: {
    vendor: "mesa",
    architecture: "",
    device: "0x0000",
    description: "llvmpipe (LLVM 15.0.6, 256 bits)",
  },
  nvidia: { vendor: "nvidia", architecture: "ada", device: "", description: "" },
  silent: { vendor: "", architecture: "", device: "", description: "" },
};

describe("isSoftware", () => {
  it.each(["swiftshader", "llvmpipe"] as const)("knows %s", (name) => {
    expect(isSoftware(adapters[name])).toBe(true);
  });

  it("knows a fallback adapter by its flag alone", () => {
    expect(isSoftware({ ...adapters.silent, isFallbackAdapter: true })).toBe(true);
  });

  it("takes a GPU for a GPU", () => {
    expect(isSoftware({ ...adapters.nvidia, isFallbackAdapter: false })).toBe(false);
  });
});

describe("describeAdapter", () => {
  it("names what the browser tells", () => {
    expect(describeAdapter(adapters.nvidia).name).toBe("nvidia ada");
  });

  it("says so where the browser tells nothing", () => {
    expect(describeAdapter(adapters.silent).name).toBe("an adapter that does not give its name");
  });
});
