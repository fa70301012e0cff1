import { takeShard } from "@sebench/cli";
import { seName, buildNetwork } from "@sebench/spec";
import { browserHosts, type Host } from "@sebench/runtime";
import { expect, test } from "vitest";
import { bestKnownLowering } from "./best-known.ts";
import { byProfile, planCases, type ProbedTarget, type Selection } from "./case-plan.ts";
import { type Profile, profiles } from "./profile.ts";

const cpu: ProbedTarget = {
  runtime: "onnxruntime-node/cpu",
  host: "node",
  availability: {
    ok: true,
    version: "1.30.0",
    device: { name: "cpu", details: {} },
    software: false,
  },
};
const webgpu = (software: boolean): ProbedTarget => ({
  ...cpu,
  runtime: "onnxruntime-web/webgpu",
  host: "chromium",
  availability: { ok: true, version: "1.30.0", device: { name: "gpu", details: {} }, software },
});
const planned = (target: ProbedTarget, selection: Partial<Selection> = {}) =>
  planCases([target], profiles.quick, { ...byProfile, ...selection });

test("a software GPU gets the small network only, a real one the large ones too", () => {
  expect(planned(webgpu(true)).map(({ network }) => network)).toEqual(["se-resnet8"]);
  expect(planned(webgpu(false)).map(({ network }) => network)).toContain("se-resnet50");
});

test("either member's name selects the pair, once", () => {
  const networks = ["resnet18", "se-resnet18{r=16}", "se-resnet18"];
  expect(planned(cpu, { networks, lowerings: ["gemm"] })).toMatchObject([
    { network: "se-resnet18", plain: "resnet18", imageSize: 224, lowering: "gemm" },
  ]);
  expect(seName("resnet50{layout=timm}")).toBe("se-resnet50{layout=timm}");
});

test("a software GPU is proven and not timed in quick, unless a budget or another profile asks for it", () => {
  const untimedOf = (target: ProbedTarget, profile: Profile, selection: Partial<Selection> = {}) =>
    planCases([target], profile, { ...byProfile, ...selection }).map(({ untimed }) => untimed);
  const { quick, smoke, full } = profiles;
  expect(untimedOf(webgpu(true), quick)).toEqual([profiles.quick.untimed["software-gpu"]]);
  const elsewhere = { networks: ["resnet20"], lowerings: ["gemm", "conv1x1"] };
  expect(untimedOf(webgpu(true), quick, elsewhere)).not.toContain(null);
  for (const timed of [
    untimedOf(webgpu(true), quick, { seconds: 20 }),
    untimedOf(webgpu(true), full),
    untimedOf(webgpu(true), smoke),
    untimedOf(webgpu(false), quick),
    untimedOf(cpu, quick),
  ]) {
    expect(new Set(timed)).toEqual(new Set([null]));
  }
});

test("a case that is not timed has few images, in whole batches", () => {
  const imagesOf = (batches: number[]) => planned(webgpu(true), { batches })[0]!.images.count;
  expect([imagesOf([1]), imagesOf([8])]).toEqual([2, 8]);
  expect(planned(webgpu(true), { seconds: 20 })[0]!.images.count).toBe(4);
});

test("the quick profile's budgets leave time to set up within five minutes", () => {
  const cases = planCases(
    [cpu, { ...cpu, runtime: "onnxruntime-web/wasm", host: "chromium" }, webgpu(true)],
    profiles.quick,
    byProfile,
  );
  expect(cases.length).toBeGreaterThanOrEqual(5);
  const timed = cases.filter(({ untimed }) => untimed === null);
  expect(timed.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(210);
});

test("a case has as many replicas as its time allows, and one on purpose stays one", () => {
  const selection = { ...byProfile, networks: ["resnet18"], lowerings: ["gemm"], seconds: 60 };
  const replicas = (profile = profiles.quick) => planCases([cpu], profile, selection)[0]!.replicas;
  expect(replicas()).toEqual({ min: 5, max: null });
  expect(replicas(profiles.smoke)).toEqual({ min: 1, max: 1 });
});

test("every browser has the network of products on wasm, and processes do not repeat it", () => {
  const wasm = (host: Host) =>
    planned({ ...cpu, runtime: "onnxruntime-web/wasm", host }).map(({ network }) => network);
  for (const host of browserHosts) expect(wasm(host)).toEqual(wasm("chromium"));
  expect(wasm("chromium")).toContain("mobilenet-v3-large");
  for (const host of ["node", "bun", "deno"] as const) {
    expect(new Set(wasm(host))).toEqual(new Set(["se-resnet8"]));
  }
});

test("images come in whole batches, and fit the size", () => {
  expect(planned(cpu, { networks: ["resnet50"], batches: [3] })[0]!.images).toEqual({
    dataset: "photographs",
    count: 6,
  });
  expect(planned(cpu, { networks: ["resnet20"] })[0]!.images.dataset).toBe("fashion-mnist");
  expect(planned(cpu, { networks: ["resnet20"], imageSizes: [64] })[0]!.images.dataset).toBe(
    "photographs",
  );
});

test("each batch is planned at each size", () => {
  const plans = planned(cpu, {
    networks: ["se-resnet8"],
    batches: [1, 2],
    imageSizes: [32, 64],
    lowerings: ["gemm"],
  });
  expect(plans.map(({ imageSize, batch }) => [imageSize, batch])).toEqual([
    [32, 1],
    [32, 2],
    [64, 1],
    [64, 2],
  ]);
});

test("SE without a squeeze cannot be written as gemm and gets its 1x1 convolutions", () => {
  expect(planned(cpu, { networks: ["se-resnet50{squeeze=none}"] })[0]!.lowering).toBe("conv1x1");
});

const wasm: ProbedTarget = { ...cpu, runtime: "onnxruntime-web/wasm", host: "chromium" };
const precisionsOf = (targets: readonly ProbedTarget[], selection: Partial<Selection>) =>
  planCases(targets, profiles.smoke, { ...byProfile, ...selection }).map(
    ({ runtime, precision }) => `${runtime} ${precision}`,
  );

test("a precision is measured on those runtimes that have it", () => {
  const targets = [cpu, webgpu(true), wasm];
  expect(precisionsOf(targets, { precisions: ["fp32", "int8"] })).toEqual([
    "onnxruntime-node/cpu fp32",
    "onnxruntime-node/cpu int8",
    "onnxruntime-web/webgpu fp32",
    "onnxruntime-web/wasm fp32",
    "onnxruntime-web/wasm int8",
  ]);
  expect(precisionsOf(targets, { precisions: ["fp16"] })).toEqual(["onnxruntime-web/webgpu fp16"]);
});

test("int8 takes its scales from the data set of its images, and other precisions from none", () => {
  const quantisation = (network: string, precision: "fp32" | "int8") =>
    planned(cpu, { networks: [network], precisions: [precision] })[0]!.quantisation;
  expect(quantisation("resnet20", "int8")).toEqual({ dataset: "fashion-mnist", count: 256 });
  expect(quantisation("resnet50", "int8")).toEqual({ dataset: "photographs", count: 50 });
  expect(quantisation("resnet50", "fp32")).toBeNull();
});

test("shards take every case once", () => {
  const cases = planned(cpu);
  const taken = [1, 2].flatMap((index) => takeShard(cases, { index, of: 2 }));
  expect(taken.map(({ id }) => id).toSorted()).toEqual(cases.map(({ id }) => id).toSorted());
});

test("a pair has the naive form and, where it is another, the best known one: they share its time", () => {
  const cases = planned(cpu).filter(({ network }) => network === "se-resnet50");
  const best = bestKnownLowering(buildNetwork("se-resnet50"), cases[0]!);
  expect(cases.map(({ lowering }) => lowering)).toEqual([...new Set(["gemm", best])]);
  const share = profiles.quick.shares.native.find(({ network }) => network === "se-resnet50");
  expect(cases.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(share!.seconds);
});

test("time that is named is that of each form", () => {
  const cases = planned(cpu, {
    networks: ["se-resnet50"],
    lowerings: ["gemm", "conv1x1"],
    seconds: 30,
  });
  expect(cases).toMatchObject([
    { lowering: "gemm", seconds: 30 },
    { lowering: "conv1x1", seconds: 30 },
  ]);
});

test("the best known form of a software GPU is left to full runs", () => {
  const formsIn = (profile: Profile) =>
    new Set(planCases([webgpu(true)], profile, byProfile).map(({ lowering }) => lowering));
  expect(formsIn(profiles.quick)).toEqual(new Set(["gemm"]));
  expect(formsIn(profiles.full)).toEqual(new Set(["gemm", "reduce-mean"]));
});

test("a smoke run has the naive form only", () => {
  const [only, ...others] = planCases([cpu], profiles.smoke, byProfile);
  expect([only!.lowering, others]).toEqual(["gemm", []]);
});

test("a lowering that is named is the only one", () => {
  const selection = { networks: ["se-resnet50"], lowerings: ["conv1x1"], seconds: 30 };
  expect(planned(cpu, selection)).toMatchObject([{ lowering: "conv1x1", seconds: 30 }]);
});

test("a lowering that was tuned is looked up for the case, which is named by it, and stands beside the naive form", () => {
  const asked: unknown[] = [];
  const tuned: Selection["tuned"] = (of) => {
    asked.push(of);
    return "squeeze-fold";
  };
  const plans = planned(cpu, { networks: ["se-resnet50"], lowerings: ["tuned"], tuned });
  expect(plans.map(({ id }) => id)).toEqual([
    "onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32|gemm",
    "onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32|squeeze-fold",
  ]);
  expect(asked).toEqual([
    {
      runtime: "onnxruntime-node/cpu",
      host: "node",
      network: "se-resnet50",
      imageSize: 224,
      batch: 1,
      precision: "fp32",
    },
  ]);
});
