import { buildNetwork } from "@sebench/spec";
import { describe, expect, it, test } from "vitest";
import { attribute, type Attribution } from "./attribution.ts";
import type { KernelPart } from "./kernel-part.ts";
import type { KernelMean, MemberProfile, ProfiledReplica } from "./profiled-replica.ts";

const networks = {
  plain: buildNetwork("resnet8", { imageSize: 32 }),
  se: buildNetwork("se-resnet8", { imageSize: 32 }),
};

const block = "stage2/block0";
const kernel = (node: string, op: string, inputs: number, ms: number): KernelMean => ({
  node,
  op,
  inputs,
  ms,
});

/**
 * The kernels of plain, named as onnxruntime names them: 22 ms, with the addition in the
 * second kernel.
 */
const plainKernels = [
  kernel(`${block}/trunk/relu1_nchwc`, "Conv", 3, 10),
  kernel(`${block}/trunk/conv2_nchwc`, "Conv", 4, 12),
];
/** The kernels of SE: 30.25 ms. */
const seKernels = [
  kernel(`${block}/trunk/relu1_nchwc`, "Conv", 3, 10.5),
  kernel(`${block}/trunk/conv2_nchwc`, "Conv", 3, 9),
  kernel("ReorderOutput_token_3", "ReorderOutput", 1, 1),
  kernel(`${block}/squeeze/pool_nchwc`, "GlobalAveragePool", 1, 2),
  kernel(`fused ${block}/excite/fc1`, "FusedGemm", 3, 0.5),
  kernel(`${block}/excite/unflatten`, "Reshape", 2, 0.25),
  kernel(`${block}/scale/mul`, "Mul", 2, 3),
  kernel(`${block}/trunk/add`, "Add", 2, 4),
];

const profileOf = (
  kernels: readonly KernelMean[],
  runMs: number,
  clock: MemberProfile["clock"] = "host",
): MemberProfile => ({ clock, kernels, runMs, runs: 1 });

/** The profiler adds 0.1 ms to each kernel: 0.2 ms to plain's runs, and 0.8 ms to SE's. */
const replica: ProfiledReplica = {
  members: { plain: { samplesMs: [[22.8]] }, se: { samplesMs: [[31.2]] } },
  profiles: { plain: profileOf(plainKernels, 23), se: profileOf(seKernels, 32) },
};

function partsOf({ parts }: Attribution): Partial<Record<KernelPart, number>> {
  const present = parts.filter(({ operators }) => operators.length > 0);
  return Object.fromEntries(present.map(({ part, ms }) => [part, Number(ms.toFixed(9))]));
}

describe("attribute", () => {
  it("puts each kernel into one part, without what the profiler takes", () => {
    const found = attribute([replica], networks);
    expect(partsOf(found)).toEqual({
      squeeze: 1.9,
      excite: 0.4,
      scale: 2.9,
      // The kernels of SE take 9 + 4 ms against 12 ms, in one kernel more.
      fusions: 0.9,
      layout: 0.9,
      copies: 0.15,
      trunk: 0.5,
    });
    expect(found.profiler.perKernelMs).toBeCloseTo(0.1, 9);
    expect(found.around.ms).toBeCloseTo(1.75 - 1, 9);
    expect(found.measured.ms).toBeCloseTo(8.4, 9);
    expect(found.unexplained.ms).toBeCloseTo(0, 9);
  });

  it("shows a disturbance that does not grow with the kernels as unexplained", () => {
    // The profiler disturbs SE more than its disturbance of plain's kernels would say: by
    // 1.8 ms instead of 0.8.
    const profiles = { ...replica.profiles, se: profileOf(seKernels, 33) };
    const found = attribute([{ ...replica, profiles }], networks);
    // The least squares give (0.2 * 2 + 1.8 * 8) / 68 ms a kernel.
    expect(found.profiler.perKernelMs).toBeCloseTo(14.8 / 68, 9);
    expect(found.unexplained.ms).toBeCloseTo(8.4 - (10 - (6 * 14.8) / 68), 9);
  });

  it("takes nothing off where profiled runs are not slower", () => {
    const members = { plain: { samplesMs: [[23.1]] }, se: { samplesMs: [[32.1]] } };
    const found = attribute([{ ...replica, members }], networks);
    expect(found.profiler.perKernelMs).toBe(0);
    expect(partsOf(found)).toMatchObject({ squeeze: 2, fusions: 1 });
  });

  it("leaves a GPU's own times as they are: the profiler works around its kernels", () => {
    const profiles = {
      plain: profileOf(plainKernels, 23, "gpu"),
      se: profileOf(seKernels, 32, "gpu"),
    };
    const found = attribute([{ ...replica, profiles }], networks);
    expect(partsOf(found)).toMatchObject({ squeeze: 2, fusions: 1, layout: 1 });
    expect(found.around.ms).toBeCloseTo(0.75 - 0.6, 9);
    expect(found.unexplained.ms).toBeCloseTo(0, 9);
  });

  it("gives a kernel of no node to the stage of the one before it", () => {
    const [stage] = attribute([replica], networks).stages;
    expect(stage).toMatchObject({ stage: 2, parts: { layout: expect.closeTo(0.9, 9) } });
    expect(stage!.ms).toBeCloseTo(7.65, 9);
  });

  it("gives the mean times of the kernels, whatever the engine calls those that it has added", () => {
    const renamed = seKernels.map((own) =>
      own.op === "ReorderOutput" ? { ...own, node: "ReorderOutput_token_9", ms: 3 } : own,
    );
    const later = {
      ...replica,
      profiles: { ...replica.profiles, se: profileOf(renamed, 34) },
    };
    const { kernels } = attribute([replica, later], networks);
    expect(kernels.se).toHaveLength(seKernels.length);
    expect(kernels.se[2]).toEqual({
      node: "ReorderOutput_token_3",
      op: "ReorderOutput",
      ms: 2,
      part: "layout",
      of: null,
      stage: 2,
      block: 0,
    });
    expect(kernels.se[4]).toMatchObject({ of: `${block}/excite/fc1`, part: "excite", ms: 0.5 });
  });

  it("gives an interval from how replicas differ", () => {
    const later = {
      ...replica,
      profiles: {
        ...replica.profiles,
        plain: profileOf([{ ...plainKernels[0]!, ms: 9 }, plainKernels[1]!], 23),
      },
    };
    const trunk = attribute([replica, later], networks).parts.find(({ part }) => part === "trunk")!;
    // The half-width of 0.5 and 1.5 is the t of one degree of freedom, 12.706, times the
    // standard error, 0.5.
    expect(trunk.ms).toBeCloseTo(1, 9);
    expect(trunk.interval![0]).toBeCloseTo(1 - 6.353, 3);
    expect(trunk.interval![1]).toBeCloseTo(1 + 6.353, 3);
  });

  it("refuses a profile in which SE is not to be seen, as of an engine that runs all as one", () => {
    const whole = [kernel("TRTKernel_graph_0", "TRTKernel_graph", 1, 30)];
    const profiles = { plain: profileOf(whole, 31), se: profileOf(whole, 31) };
    expect(() => attribute([{ ...replica, profiles }], networks)).toThrow(
      "shows no kernel of squeeze, excite or scale",
    );
  });
});

test("the same kernel twice on a node is shared as often as the other member has it", () => {
  const twice = [plainKernels[0]!, ...seKernels];
  const profiles = { ...replica.profiles, se: profileOf(twice, 42) };
  const { parts } = attribute([{ ...replica, profiles }], networks);
  const counts = parts.map(({ part, operators }) => [
    part,
    operators.find(({ op }) => op === "Conv")?.kernels,
  ]);
  expect(Object.fromEntries(counts)).toMatchObject({
    trunk: { plain: 1, se: 1 },
    fusions: { plain: 1, se: 2 },
  });
});
