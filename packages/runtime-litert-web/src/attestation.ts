import type { Attestation, DeviceDescription, Precision } from "@sebench/runtime";
import { describeAdapter, describeWebnn, fetchedBinary, isSoftware } from "@sebench/web-device";
import type { Started } from "./library.ts";
import type { WebDevice } from "./model.ts";

/** The version of `@litertjs/core`, which tells none itself; a test holds it against the package's. */
export const litertVersion = "2.5.3";

/** The number that LiteRT has for memory of WebGPU. */
const webGpuMemory = 26;

/** The device that a started LiteRT.js computes on, and whether the CPU does a GPU's work. */
export async function takenDevice(
  device: WebDevice,
  { liteRt, threads }: Started,
): Promise<{ readonly device: DeviceDescription; readonly software: boolean }> {
  const binary = fetchedBinary();
  const details = { threads, binary: binary ?? "not told", cores: navigator.hardwareConcurrency };
  switch (device) {
    case "wasm":
      return {
        device: {
          name: "WebAssembly",
          details: { ...details, relaxedSimd: binary !== null && !binary.includes("compat") },
        },
        software: false,
      };
    case "webgpu": {
      const { adapterInfo, features } = liteRt.getWebGpuDevice()!;
      const { name, details: adapter } = describeAdapter(adapterInfo);
      const shaderF16 = features.has("shader-f16");
      return {
        device: { name, details: { ...adapter, shaderF16 } },
        software: isSoftware(adapterInfo),
      };
    }
    case "webnn":
      return { device: await describeWebnn(), software: false };
  }
}

/** What a session shows of how it came about, and of how it runs. */
export interface SessionTraces {
  /** The threads that were started when the model was compiled, the page's own included. */
  readonly threads: number;
  /** What the binary has written since the model was compiled. */
  readonly lines: readonly string[];
  /** What the binary has written in this page, to which it tells some things once. */
  readonly pageLines: readonly string[];
  /** The number that LiteRT has for the memory of the outputs. */
  readonly bufferType: number;
  /** Outputs of a run on values of no pattern. */
  readonly outputs: Float32Array;
}

/** The attestation of a session, from what it has left behind. */
export async function judge(
  device: WebDevice,
  started: Started,
  precision: Precision | null,
  traces: SessionTraces,
): Promise<Attestation> {
  const taken = await takenDevice(device, started);
  const heap = started.liteRt.liteRtWasm.HEAPU8.buffer;
  const shared = globalThis.SharedArrayBuffer !== undefined && heap instanceof SharedArrayBuffer;
  const found = { ...traces, binary: fetchedBinary(), shared };
  const reason =
    doubts[device](found, started.threads) ?? otherPrecision(precision, traces.outputs);
  return {
    device,
    proven: reason === null,
    reason,
    software: taken.software,
    threads: device === "wasm" ? traces.threads : null,
    tf32: false,
    evidence: {
      version: litertVersion,
      binary: found.binary,
      taken: taken.device,
      threadsStarted: traces.threads,
      sharedHeap: shared,
      poolThreads: started.liteRt.liteRtWasm.getThreadCount(),
      fullyAccelerated: true,
      bufferType: traces.bufferType,
      roundedToHalves: areHalves(traces.outputs),
      console: traces.lines,
    },
  };
}

/** What a session and its page show. */
export interface Found extends Pick<
  SessionTraces,
  "threads" | "lines" | "pageLines" | "bufferType"
> {
  readonly binary: string | null;
  /** Whether the binary's memory is shared between threads. */
  readonly shared: boolean;
}

/** Why it is not proven that a device did all the work, or null where it is. */
type Doubt = (found: Found, threads: number) => string | null;

const hostMemory = 1;

export const doubts: Readonly<Record<WebDevice, Doubt>> = {
  wasm({ binary, threads, bufferType, pageLines, shared }, asked) {
    if (binary === null) return "the page did not tell which binary it fetched";
    if (bufferType !== hostMemory) return `the outputs lie in memory of type ${bufferType}`;
    if (!pageLines.some((line) => line.includes("XNNPACK delegate"))) {
      return "LiteRT.js did not say that it made XNNPACK's delegate";
    }
    if (threads !== asked) return `${asked} threads were asked for, and ${threads} were started`;
    return asked > 1 && !shared ? "the threads share no memory" : null;
  },
  webgpu({ bufferType, lines }) {
    if (bufferType !== webGpuMemory) {
      return `the outputs lie in memory of type ${bufferType}, and not in that of WebGPU`;
    }
    return lines.some((line) => line.includes("Initializing WebGPU-based API"))
      ? null
      : "LiteRT.js did not say that it made WebGPU's kernels";
  },
  webnn({ binary, lines }) {
    if (!binary?.includes("jspi")) return `the binary ${binary} has no WebNN`;
    const nodes = lines.map((line) => /(\d+) (?:of|out of) (\d+) nodes/.exec(line)).find(Boolean);
    if (!nodes) return "LiteRT.js did not say how many nodes WebNN took";
    if (nodes[1] !== nodes[2]) return `WebNN took ${nodes[1]} of ${nodes[2]} nodes`;
    return lines.some((line) => /uses device\(s\): cpu/i.test(line))
      ? null
      : "LiteRT.js did not say which device WebNN uses";
  },
};

/** The bits of a float32's mantissa that a half has not. */
const belowHalf = 0x1fff;

/** Whether each value is one that a half can hold, subnormal halves left out. */
export function areHalves(values: Float32Array): boolean {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return bits.every((each) => (each & belowHalf) === 0);
}

/** Why the outputs are not of the precision that was asked for, or null where they are. */
function otherPrecision(precision: Precision | null, outputs: Float32Array): string | null {
  const halves = areHalves(outputs);
  if (precision === "fp16" && !halves) return "fp16 was asked for, and outputs have more bits";
  if (precision === "fp32" && halves) return "fp32 was asked for, and outputs are rounded to fp16";
  return null;
}
