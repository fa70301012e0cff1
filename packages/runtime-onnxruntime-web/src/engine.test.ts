import { describe, expect, it } from "vitest";
import { sessionOptions } from "./device-row.ts";
import { webDevices } from "./engine.ts";

const profileOn = (provider: string) => ({
  providers: { [provider]: 60 },
  operators: { Conv: 60 },
  products: { float: 60 },
  threads: { pool: 1, busy: 1 },
  gpuKernels: 0,
  elsewhere: [],
  copies: { count: 0, ms: 0 },
});

describe.each(Object.entries(webDevices))("sessions of %s", (_, row) => {
  it("never have a second provider to fall back to", () => {
    expect(sessionOptions(row, { threads: null }).executionProviders).toHaveLength(1);
  });

  it("refuse nodes on the CPU, unless it is the device", () => {
    const refusal = { session: { disable_cpu_ep_fallback: "1" } };
    expect(sessionOptions(row, { threads: null }).extra).toEqual(
      row.device === "wasm" ? {} : refusal,
    );
  });
});

describe("a profile", () => {
  const providers = {
    wasm: "CPUExecutionProvider",
    webgpu: "WebGpuExecutionProvider",
    "webgpu-jsep": "JsExecutionProvider",
    webnn: "WebNNExecutionProvider",
  } as const;
  const names = Object.keys(providers) as (keyof typeof providers)[];

  it.each(names)("proves %s by its own provider and by no other's", (name) => {
    const provenBy = names.filter(
      (other) => webDevices[name].doubt(profileOn(providers[other]), { threads: null }) === null,
    );
    expect(provenBy).toEqual([name]);
  });

  it("cannot prove how many threads WebNN has", () => {
    const profile = profileOn(providers.webnn);
    expect(webDevices.webnn.doubt(profile, { threads: 2 })).toBe(
      "2 threads were asked for, and the browser does not tell how many WebNN has",
    );
  });
});
