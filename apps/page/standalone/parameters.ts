import type { RuntimeId } from "@sebench/runtime";

/** The runtimes whose files the static page brings, with the folder of each engine's. */
export const standaloneRuntimes = {
  "onnxruntime-web/wasm": "ort/",
  "onnxruntime-web/webgpu": "ort/",
  "tfjs-web/wasm": "tfjs/",
  "tfjs-web/webgl": "tfjs/",
  "tfjs-web/webgpu": "tfjs/",
  "tfjs-web/cpu": "tfjs/",
  "litert-web/wasm": "litert/",
  "litert-web/webgpu": "litert/",
} as const satisfies Partial<Readonly<Record<RuntimeId, string>>>;
type StandaloneRuntime = keyof typeof standaloneRuntimes;

/** What the page's address asks for. */
export interface Parameters {
  /** The network with SE. */
  readonly network: string;
  readonly runtime: StandaloneRuntime;
  /** The time for the replicas, in seconds. */
  readonly budget: number;
  /** The threads to compute with, or null for the engine's own choice. */
  readonly threads: number | null;
  /** The language, or null for the browser's. */
  readonly lang: string | null;
  /** Whether the page is to be made cross-origin isolated. */
  readonly isolate: boolean;
  /** Whether the page starts by itself, without its button. */
  readonly start: boolean;
}

/** What the page offers. */
export interface Offer {
  readonly networks: readonly string[];
  readonly languages: readonly string[];
}

/** An error of the page's address, by the key of its sentence and what the sentence names. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
  readonly key: "unknownParameter" | "repeatedParameter" | "badParameter";
  readonly values: Readonly<Record<string, string>>;

  constructor(key: ParameterError["key"], values: Readonly<Record<string, string>>) {
    super(`${key}: ${Object.values(values).join(", ")}`);
    this.key = key;
    this.values = values;
  }
}

const names = ["network", "runtime", "budget", "threads", "lang", "isolation", "start"] as const;
type Name = (typeof names)[number];

const defaults = {
  network: "mobilenet-v3-large",
  runtime: "onnxruntime-web/wasm",
  budget: 60,
} as const;

/**
 * Reads the query of the page's address.
 *
 * @throws ParameterError for a name that is not known or stands twice, and for a value that cannot be
 */
export function readParameters(query: string, { networks, languages }: Offer): Parameters {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!names.some((each) => each === name)) {
      throw new ParameterError("unknownParameter", { name: cut(name), known: names.join(", ") });
    }
    if (given.has(name)) throw new ParameterError("repeatedParameter", { name });
    given.set(name, value);
  }
  const one = <Value extends string>(name: Name, choices: readonly Value[]): Value | null => {
    const value = given.get(name);
    if (value === undefined) return null;
    const found = choices.find((each) => each === value);
    if (found !== undefined) return found;
    throw bad(name, value, choices.join(", "));
  };
  const runtimes = Object.keys(standaloneRuntimes) as StandaloneRuntime[];
  const threads = given.get("threads");
  return {
    network: one("network", networks) ?? defaults.network,
    runtime: one("runtime", runtimes) ?? defaults.runtime,
    budget: wholeNumber("budget", given, [2, 3600]) ?? defaults.budget,
    threads: threads === "auto" ? null : wholeNumber("threads", given, [1, 64]),
    lang: one("lang", languages),
    isolate: one("isolation", ["auto", "off"]) !== "off",
    start: one("start", ["button", "now"]) === "now",
  };
}

function wholeNumber(
  name: Name,
  given: ReadonlyMap<string, string>,
  [least, most]: readonly [number, number],
): number | null {
  const value = given.get(name);
  if (value === undefined) return null;
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  const more = name === "threads" ? ", auto" : "";
  throw bad(name, value, `${least} ... ${most}${more}`);
}

function bad(name: Name, value: string, choices: string): ParameterError {
  return new ParameterError("badParameter", { name, value: cut(value), choices });
}

/** The beginning of a text of the address, which may be of any length. */
function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
