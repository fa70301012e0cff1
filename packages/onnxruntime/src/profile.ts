import { isKernel, parseEvents, type ProfileEvent } from "./profile-event.ts";

/** The providers, operators and threads that did the work of the profiled runs. */
export interface ProfileSummary {
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
  };
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

function countThreads(kernels: readonly ProfileEvent[]): ProfileSummary["threads"] {
  const runs = new Map<string, number>();
  for (const { args } of kernels) {
    const stats = args.thread_scheduling_stats;
    const threads = typeof stats === "object" ? (stats.sub_threads ?? {}) : {};
    for (const [id, { num_run }] of Object.entries(threads)) {
      runs.set(id, Math.max(num_run, runs.get(id) ?? 0));
    }
  }
  const busy = [...runs.values()].filter((count) => count > 0).length;
  return { pool: 1 + runs.size, busy: 1 + busy };
}

function countBy<Item>(items: readonly Item[], key: (item: Item) => string) {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}
