/** One event of the profile that onnxruntime writes with `enableProfiling`. */
export interface ProfileEvent {
  /**
   * The kind of event: `Node` for a kernel of the graph as the host saw it, `Api`
   * (WebGPU) or `Kernel` (CUDA) for a kernel as a GPU ran it, `Session` for the rest.
   */
  readonly cat: string;
  readonly name: string;
  /** The start in whole microseconds, the rest cut off. */
  readonly ts: number;
  /** The length in whole microseconds, the rest cut off. */
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly node_index?: string;
    /** The name of the event of the node that launched a GPU's kernel. */
    readonly parent_name?: string;
    /** The element type and the dimensions of each input: `[{ "float": [1, 3, 32, 32] }]`. */
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    /** Counts since the thread pool was made, or an empty string where there is no pool. */
    readonly thread_scheduling_stats?:
      | string
      | { readonly sub_threads?: Readonly<Record<string, { readonly num_run: number }>> };
  };
}

/**
 * Reads the events of a profile.
 *
 * @param text a JSON array with one event a line
 * @throws Error where the text is not JSON, as where it is cut off
 */
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
