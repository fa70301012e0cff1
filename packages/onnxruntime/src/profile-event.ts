import { briefly, isObject, parseForeignJson } from "@sebench/spec";

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
    readonly input_type_shape?: readonly Readonly<Record<string, unknown>>[];
    /** Counts since the thread pool was made, or an empty string where there is no pool. */
    readonly thread_scheduling_stats?:
      | string
      | { readonly sub_threads?: Readonly<Record<string, { readonly num_run: number }>> };
  };
}

/** A test of a value of JSON. */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isListOf = (check: Check): Check => {
  return (value) => Array.isArray(value) && value.every(check);
};

/** What each field of an event must be. */
const fields: Readonly<Record<keyof ProfileEvent, Check>> = {
  cat: isText,
  name: isText,
  ts: Number.isFinite,
  dur: Number.isFinite,
  args: isObject,
};

/** What each argument must be that an event has. */
const argumentFields: Readonly<Record<keyof ProfileEvent["args"], Check>> = {
  op_name: isText,
  provider: isText,
  node_index: isText,
  parent_name: isText,
  input_type_shape: isListOf(isObject),
  thread_scheduling_stats: (value) =>
    isText(value) ||
    (isObject(value) &&
      (value["sub_threads"] === undefined ||
        (isObject(value["sub_threads"]) &&
          Object.values(value["sub_threads"]).every(
            (thread) => isObject(thread) && Number.isFinite(thread["num_run"]),
          )))),
};

/**
 * Reads the events of a profile.
 *
 * @param text a JSON array with one event a line
 * @throws Error that names the first thing that is not as onnxruntime writes it, or says that the
 *   text is no JSON, as where it is cut off
 */
export function parseEvents(text: string): readonly ProfileEvent[] {
  let events: unknown;
  try {
    events = parseForeignJson(text);
  } catch (cause) {
    throw new Error("onnxruntime's profile is not JSON", { cause });
  }
  if (!Array.isArray(events)) throw odd("it is no list of events");
  for (const [index, event] of events.entries()) {
    const wrong = wrongField(event);
    if (wrong !== null) throw odd(`event ${index} has ${wrong}`);
  }
  return events as readonly ProfileEvent[];
}

function wrongField(event: unknown): string | null {
  if (!isObject(event)) return "no fields";
  for (const [name, check] of Object.entries(fields)) {
    if (!check(event[name])) return told(name, event[name]);
  }
  const given = event["args"] as Readonly<Record<string, unknown>>;
  for (const [name, check] of Object.entries(argumentFields)) {
    if (given[name] !== undefined && !check(given[name])) return told(`args.${name}`, given[name]);
  }
  return null;
}

function told(name: string, value: unknown): string {
  return value === undefined ? `no ${name}` : `the ${name} ${briefly(JSON.stringify(value), 80)}`;
}

function odd(what: string): Error {
  return new Error(`onnxruntime's profile is not as this sebench knows it: ${what}`);
}
