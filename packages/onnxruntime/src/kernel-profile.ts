import type { KernelProfile, KernelTimes, Profile } from "@sebench/runtime";
import { isKernel, nodeName, parseEvents, type ProfileEvent } from "./profile-event.ts";

/** One kernel and its milliseconds in one run. */
type Kernel = Omit<KernelTimes, "ms"> & { readonly ms: number };

/**
 * Reads what the kernels took from a profile in onnxruntime's format.
 *
 * @param runMs the milliseconds of each run that the session has made
 */
export function kernelProfile(text: string, runMs: readonly number[]): Profile {
  const events = parseEvents(text);
  const byHost = runsByHost(events);
  if (byHost.length !== runMs.length) {
    return lack(`the profile shows ${byHost.length} runs of ${runMs.length}`);
  }
  if (byHost.every((run) => run.length === 0)) return lack("the profile shows no kernel");
  const byGpu = events.filter(isOfGpu).toSorted((one, other) => one.ts - other.ts);
  const clock = byGpu.length > 0 ? "gpu" : "host";
  const runs = clock === "gpu" ? inEqualRuns(byGpu.map(gpuKernel), runMs.length) : byHost;
  const kernels = runs && joinRuns(runs);
  if (kernels === null) return lack("the profile's runs differ in their kernels");
  return { ok: true, clock, runMs: [...runMs], kernels } satisfies KernelProfile;
}

function lack(reason: string): Profile {
  return {
    ok: false,
    reason: `onnxruntime does not tell what each kernel took: ${reason}`,
    remedy: "take another runtime, such as onnxruntime-node/cpu",
  };
}

/** The kernels of each run as the host saw them. A run's own event comes after those of its nodes. */
function runsByHost(events: readonly ProfileEvent[]): Kernel[][] {
  const runs: Kernel[][] = [];
  let nodes: ProfileEvent[] = [];
  for (const event of events) {
    if (isKernel(event)) nodes.push(event);
    if (event.name !== "model_run") continue;
    const inOrder = nodes.toSorted((one, other) => one.ts - other.ts);
    runs.push(inOrder.map((node, index) => hostKernel(node, inOrder[index + 1])));
    nodes = [];
  }
  return runs;
}

/** A kernel by the host's clock, which lasts until the next one starts, so that what is cut off of each time does not add up. */
function hostKernel({ name, args, ts, dur }: ProfileEvent, next: ProfileEvent | undefined): Kernel {
  return {
    node: nodeName(name),
    op: args.op_name ?? "none",
    inputs: args.input_type_shape?.length ?? null,
    ms: (next === undefined ? dur : next.ts - ts) / 1000,
  };
}

function isOfGpu({ cat }: ProfileEvent): boolean {
  return cat === "Api" || cat === "Kernel";
}

/**
 * A kernel by the GPU's clock. WebGPU's events are named `node&op&program`; CUDA's have
 * the node and its operator beside their own name.
 */
function gpuKernel({ name, args, dur }: ProfileEvent): Kernel {
  const [node, op] = name.split("&");
  const told = op === undefined ? args.parent_name : node;
  return {
    node: told === undefined ? "" : nodeName(told),
    op: op ?? args.op_name ?? name,
    inputs: null,
    ms: dur / 1000,
  };
}

/** Divides a GPU's kernels, which have no marks between runs, into runs of equal length, or gives null where they do not divide. */
function inEqualRuns(kernels: readonly Kernel[], runs: number): Kernel[][] | null {
  const length = kernels.length / runs;
  if (!Number.isInteger(length)) return null;
  return Array.from({ length: runs }, (_, run) => kernels.slice(run * length, (run + 1) * length));
}

/** The times of each kernel over the runs, or null where the runs differ in their kernels. */
function joinRuns(runs: readonly (readonly Kernel[])[]): KernelTimes[] | null {
  const first = runs[0]!;
  const alike = runs.every(
    (run) =>
      run.length === first.length &&
      run.every(({ node, op }, at) => node === first[at]!.node && op === first[at]!.op),
  );
  if (!alike) return null;
  return first.map(({ node, op, inputs }, at) => {
    const ms = runs.map((run) => run[at]!.ms);
    return { node, op, inputs, ms };
  });
}
