/** One event of the profile that onnxruntime writes with `enableProfiling`. */
export interface ProfileEvent {
  /**
   * `Node` for a kernel of the graph as the host saw it, `Api` (WebGPU) and
   * `Kernel` (CUDA) for one as a GPU ran it, `Session` for the rest.
   */
  readonly cat: string;
  readonly name: string;
  /** Start and length in microseconds, whole ones, the rest cut off. */
  readonly ts: number;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly node_index?: string;
    /** Of a GPU's kernel, the name of the event of the node that launched it. */
    readonly parent_name?: string;
    /** For each input, its element type and dimensions: `[{ "float": [1, 3, 32, 32] }]`. */
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    /** Counts since the thread pool began; an empty string where there is no pool. */
    readonly thread_scheduling_stats?:
      | string
      | { readonly sub_threads?: Readonly<Record<string, { readonly num_run: number }>> };
  };
}

/** @param text a JSON array, one event a line */
export function parseEvents(text: string): readonly ProfileEvent[] {
  try {
    return JSON.parse(text) as readonly ProfileEvent[];
  } catch (cause) {
    throw new Error("onnxruntime's profile is not JSON", { cause });
  }
}

const kernelEnding = "_kernel_time";

export function isKernel(event: ProfileEvent): boolean {
  return event.cat === "Node" && event.name.endsWith(kernelEnding);
}

/** The node that an event of a kernel is named after. */
export function nodeName(eventName: string): string {
  return eventName.endsWith(kernelEnding) ? eventName.slice(0, -kernelEnding.length) : eventName;
}
