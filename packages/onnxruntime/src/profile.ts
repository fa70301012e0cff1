import type { KernelProfile, KernelTimes, Profile } from "@sebench/runtime";
import { type Placement, placementOf } from "./placement.ts";
import { parseEvents, type ProfileEvent } from "./profile-event.ts";

const kernelEnding = "_kernel_time";

function isKernel(event: ProfileEvent): boolean {
  return event.cat === "Node" && event.name.endsWith(kernelEnding);
}

/** The node that an event of a kernel is named after. */
function nodeName(eventName: string): string {
  return eventName.endsWith(kernelEnding) ? eventName.slice(0, -kernelEnding.length) : eventName;
}

/** The providers, operators and threads that did the work of the profiled runs. */
export interface ProfileSummary extends Placement {
  /** The number of nodes of the optimised graph that ran, by execution provider. */
  readonly providers: Readonly<Record<string, number>>;
  /** The number of nodes of the optimised graph that ran, by operator. */
  readonly operators: Readonly<Record<string, number>>;
  /** The number of nodes that convolve or multiply matrices, by the element type of their first input. */
  readonly products: Readonly<Record<string, number>>;
  /** The caller's thread and those of the pool, of which `busy` ones ran part of a kernel. */
  readonly threads: { readonly pool: number; readonly busy: number };
  /** The number of kernels with timestamps of the GPU that ran them, which is 0 where the GPU keeps none. */
  readonly gpuKernels: number;
}

/** Summarises a profile in onnxruntime's format, a JSON array with one event a line. */
export function summariseProfile(text: string): ProfileSummary {
  const events = parseEvents(text);
  const kernels = events.filter(isKernel);
  // A node has one event for each run.
  const nodes = [...new Map(kernels.map((event) => [nodeKey(event), event])).values()];
  return {
    providers: countBy(nodes, (event) => event.args.provider ?? "none"),
    operators: countBy(nodes, (event) => event.args.op_name ?? "none"),
    products: countBy(nodes.filter(isProduct), inputType),
    threads: countThreads(kernels),
    gpuKernels: events.filter((event) => event.cat === "Api").length,
    ...placementOf(nodes, inRuns(events)),
  };
}

/** The number of nodes that ran, without the copies that the engine has put between them. */
export function nodesOf({ providers, copies }: ProfileSummary): number {
  return Object.values(providers).reduce((sum, count) => sum + count, 0) - copies.count;
}

/** Why it is not proven that every node ran on `provider`, or null where it is. */
export function notOnlyOn(provider: string, profile: ProfileSummary): string | null {
  const others = Object.entries(profile.providers).filter(([name]) => name !== provider);
  if (others.length > 0) {
    const list = others.map(([name, count]) => `${count} on ${name}`).join(", ");
    return `not every node ran on ${provider}: ${list}`;
  }
  return profile.providers[provider] === undefined ? "the profile shows no node at all" : null;
}

/** Whether a node convolves or multiplies matrices: `Conv`, `FusedConv`, `QLinearConv`, `NhwcFusedConv`, `Gemm`, `QGemm`, `MatMulInteger` and their like. */
function isProduct({ args }: ProfileEvent): boolean {
  return /Conv|Gemm|MatMul/.test(args.op_name ?? "");
}

/** The element type of the activations, which are the first input. */
function inputType({ args }: ProfileEvent): string {
  return Object.keys(args.input_type_shape?.[0] ?? {})[0] ?? "a type that is not told";
}

function nodeKey(event: ProfileEvent): string {
  return `${event.args.node_index} ${event.name}`;
}

/**
 * Counts the threads of the pool. Each kernel lists all of them, but a thread that the system has
 * not started yet is listed under an id that stands for none, and later under its own.
 */
function countThreads(kernels: readonly ProfileEvent[]): ProfileSummary["threads"] {
  const listed = kernels.map(({ args: { thread_scheduling_stats: stats } }) =>
    Object.entries((typeof stats === "object" && stats.sub_threads) || {}),
  );
  const busy = new Set(listed.flat().flatMap(([id, { num_run }]) => (num_run > 0 ? [id] : [])));
  return { pool: 1 + Math.max(0, ...listed.map(({ length }) => length)), busy: 1 + busy.size };
}

function countBy<Item>(items: readonly Item[], key: (item: Item) => string) {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

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

/** The kernels of each run as the host saw them. */
function runsByHost(events: readonly ProfileEvent[]): Kernel[][] {
  return inRuns(events).map((nodes) => {
    const inOrder = nodes.toSorted((one, other) => one.ts - other.ts);
    return inOrder.map((node, index) => hostKernel(node, inOrder[index + 1]));
  });
}

/** The events of the kernels of each run. A run's own event comes after those of its nodes. */
function inRuns(events: readonly ProfileEvent[]): ProfileEvent[][] {
  const runs: ProfileEvent[][] = [];
  let nodes: ProfileEvent[] = [];
  for (const event of events) {
    if (isKernel(event)) nodes.push(event);
    if (event.name !== "model_run") continue;
    runs.push(nodes);
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
