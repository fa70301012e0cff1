import { expect, test, vi } from "vitest";
import { readRunOptions, type RunFlags } from "./run-flags.ts";

const defaults: RunFlags = { port: "0", fetch: true };
const read = (flags: Partial<RunFlags>) => readRunOptions({ ...defaults, ...flags });

test("lists are separated by commas, or repeated", () => {
  const options = read({
    runtime: ["onnxruntime-web/wasm,onnxruntime-node/cpu"],
    network: ["se-resnet50{r=8,gate=tanh},resnet18", "resnet20"],
    batch: ["1, 8", "8"],
  });
  expect([...new Set(options.targets.map(({ runtime }) => runtime))]).toEqual([
    "onnxruntime-node/cpu",
    "onnxruntime-web/wasm",
  ]);
  expect(options.selection.networks).toEqual([
    "se-resnet50{r=8,gate=tanh}",
    "resnet18",
    "resnet20",
  ]);
  expect(options.selection.batches).toEqual([1, 8]);
});

test("a host selects its runtimes", () => {
  const hosts = new Set(read({ host: ["chromium"] }).targets.map(({ host }) => host));
  expect([...hosts]).toEqual(["chromium"]);
});

test("Bun and Deno are measured only where they are named", () => {
  const hostsOf = (flags: Partial<RunFlags>) =>
    new Set(read(flags).targets.map(({ host }) => host));
  expect([...hostsOf({})].toSorted()).toEqual(["chromium", "node"]);
  expect([...hostsOf({ runtime: ["onnxruntime-node/cpu"] })]).toEqual(["node"]);
  expect(read({ host: ["deno,bun"], runtime: ["onnxruntime-node/cpu"] }).targets).toEqual([
    { runtime: "onnxruntime-node/cpu", host: "bun" },
    { runtime: "onnxruntime-node/cpu", host: "deno" },
  ]);
});

test("TF32 is the engine's own choice unless it is refused", () => {
  expect(read({}).tf32).toBe(true);
  expect(read({ tf32: false }).tf32).toBe(false);
});

test.each<[Partial<RunFlags>, string, string]>([
  [{ batch: ["0"] }, '--batch is "0"', "whole number from 1 to 8192"],
  [{ batch: ["1.5"] }, '--batch is "1.5"', "whole number"],
  [{ batch: ["x"] }, '--batch is "x"', "whole number"],
  [{ size: ["-1"] }, '--size is "-1"', "from 1 to 4096"],
  [{ size: [""] }, '--size is ""', "from 1 to 4096"],
  [{ budget: "0" }, '--budget is "0"', "number from 0.1"],
  [{ budget: "Infinity" }, '--budget is "Infinity"', "number from 0.1"],
  [{ timeout: "0" }, '--timeout is "0"', "from 1"],
  [{ threads: "0" }, '--threads is "0"', "from 1 to 256"],
  [{ seed: "-1" }, '--seed is "-1"', "from 0 to 4294967295"],
  [{ port: "70000" }, '--port is "70000"', "from 0 to 65535"],
  [{ profile: "fast" }, '--profile does not know "fast"', "smoke, quick, full"],
  [{ runtime: ["onnx/cpu"] }, '--runtime does not know "onnx/cpu"', "onnxruntime-node/cpu"],
  [{ host: ["opera"] }, '--host does not know "opera"', "node, chromium, bun, deno, firefox"],
  [{ network: ["se-resnet51"] }, 'there is no network "se-resnet51"', "se-resnet"],
  [{ network: ["se-resnet50{r=0}"] }, '"0" is not a value of r', "1 to 1024"],
  [{ precision: ["fp8"] }, '--precision does not know "fp8"', "fp32"],
  [
    { precision: ["int8"], runtime: ["onnxruntime-web/webgpu"] },
    "onnxruntime-web/webgpu has no precision int8",
    "onnxruntime-web/wasm",
  ],
  [{ lowering: ["magic"] }, '--lowering: there is no lowering "magic"', "gemm"],
  [{ shard: "0/2" }, '--shard is "0/2"', "i from 1 to n"],
  [{ shard: "3/2" }, '--shard is "3/2"', "i from 1 to n"],
  [
    { runtime: ["onnxruntime-web/webgpu"], host: ["node"] },
    "none of onnxruntime-web/webgpu runs on node",
    "bench list",
  ],
  [
    { runtime: ["onnxruntime-web/webgpu"], host: ["bun"] },
    "none of onnxruntime-web/webgpu runs on bun",
    "bench list",
  ],
])("%j is refused, with the flag and the remedy", (flags, cause, remedy) => {
  expect(() => read(flags)).toThrow(
    expect.objectContaining({
      name: "InputError",
      message: expect.stringContaining(cause),
      remedy: expect.stringContaining(remedy),
    }),
  );
});

const limited = { scenario: ["server"], sloMs: "50" };

test("scenarios are left out where none is asked for, and have defaults where one is", () => {
  expect(read({}).scenarios).toBeUndefined();
  expect(read(limited).scenarios).toEqual({
    names: ["server"],
    percentile: "p90",
    limitMs: 50,
    workers: null,
    seconds: 120,
  });
  const both = { scenario: ["offline,server"], sloMs: "0.5", percentile: "p99", workers: ["1"] };
  expect(read({ ...both, scenarioBudget: "30" }).scenarios).toEqual({
    names: ["offline", "server"],
    percentile: "p99",
    limitMs: 0.5,
    workers: [1],
    seconds: 30,
  });
});

test.each<[flags: Partial<RunFlags>, message: string]>([
  [{ ...limited, sloMs: "0" }, '--slo-ms is "0"'],
  [{ ...limited, sloMs: "-5" }, '--slo-ms is "-5"'],
  [{ ...limited, sloMs: "soon" }, '--slo-ms is "soon"'],
  [{ scenario: ["server"] }, "--scenario server has no limit to keep"],
  [{ scenario: ["offline"], sloMs: "50" }, "--slo-ms is given, and --scenario server is not"],
  [{ scenario: ["multistream"] }, '--scenario does not know "multistream"'],
  [{ ...limited, percentile: "p95" }, '--percentile does not know "p95"'],
  [{ ...limited, workers: ["0"] }, '--workers is "0"'],
  [{ ...limited, workers: ["1.5"] }, '--workers is "1.5"'],
  [{ ...limited, scenarioBudget: "0" }, '--scenario-budget is "0"'],
  [{ ...limited, batch: ["0"] }, '--batch is "0"'],
  [{ sloMs: "50" }, "--slo-ms is given, and --scenario is not"],
  [{ workers: ["2"] }, "--workers is given, and --scenario is not"],
  [{ percentile: "p99" }, "--percentile is given, and --scenario is not"],
])("%o is refused, with a remedy", (flags, message) => {
  expect(() => read(flags)).toThrow(
    expect.objectContaining({ name: "InputError", message, remedy: expect.any(String) }),
  );
});

test("more workers than cores are allowed, and told", () => {
  const told = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    expect(read({ ...limited, workers: ["256"] }).scenarios!.workers).toEqual([256]);
    expect(told.mock.calls.flat().join(" ")).toContain("workers will wait for each other");
    told.mockClear();
    read({ ...limited, workers: ["1"] });
    expect(told).not.toHaveBeenCalled();
  } finally {
    told.mockRestore();
  }
});

test("SE may stay in fp32 where int8 is measured, and nowhere else", () => {
  const whole = read({ precision: ["int8"] }).selection;
  expect(whole).not.toHaveProperty("int8Keep");
  expect(read({ precision: ["fp32,int8"], int8Keep: "se" }).selection.int8Keep).toBe("se");
  expect(() => read({ int8Keep: "se" })).toThrow("int8 is not measured");
});
