import type * as core from "@litertjs/core";
import type { EngineOptions, Precision } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { DeviceWatch, watchFaults, webnnDeviceType } from "@sebench/web-device";
import type { WebDevice } from "./model.ts";

type Core = typeof core;

/** LiteRT.js as it has started in this page. */
export interface Started {
  readonly core: Core;
  readonly liteRt: core.LiteRt;
  /** The threads that a model is compiled for. */
  readonly threads: number;
}

/**
 * The one LiteRT.js of a page, whose module is loaded once and lives as long as the page. What it
 * writes, the threads that it starts and its GPU's faults are watched from before it starts.
 */
export class LitertLibrary {
  readonly console = new ConsoleWatch();
  readonly threads = new ThreadWatch();
  readonly device = new DeviceWatch();
  #start: {
    readonly device: WebDevice;
    readonly threads: number | null;
    readonly started: Promise<Started>;
  } | null = null;

  /** Starts LiteRT.js, or gives the one that has started. Rejects where that is for another device or other threads. */
  async start(device: WebDevice, options: EngineOptions): Promise<Started> {
    const { threads } = options;
    this.#start ??= { device, threads, started: this.#load(device, options) };
    const first = this.#start;
    if (first.device === device && first.threads === threads) return first.started;
    throw new InputError(
      `LiteRT.js has started in this page on ${first.device} with threads ${first.threads}, ` +
        `and cannot change to ${device} with threads ${threads}`,
      { remedy: "open a fresh page" },
    );
  }

  async #load(device: WebDevice, { threads, assetsUrl }: EngineOptions): Promise<Started> {
    const asked = device === "wasm" ? (threads ?? 1) : 1;
    requireThreads(asked);
    if (assetsUrl === undefined) throw new Error("LiteRT.js needs the URL of its .wasm files");
    const library = await import("@litertjs/core");
    this.threads.attach();
    const folder = new URL(assetsUrl, globalThis.location.href).href;
    const liteRt = await this.console.attach(() =>
      library.loadLiteRt(folder, { threads: asked > 1, jspi: device === "webnn" }),
    );
    const gpu = device === "webgpu" ? liteRt.getWebGpuDevice() : null;
    if (gpu !== null) watchFaults(gpu, this.device.tell);
    return { core: library, liteRt, threads: asked };
  }
}

/** Refuses threads that share no memory. */
function requireThreads(asked: number): void {
  if (asked > 1 && !globalThis.crossOriginIsolated) {
    throw new InputError(
      `${asked} threads were asked for, and the page is not cross-origin isolated, as shared memory needs`,
      { remedy: "serve the page with COOP and COEP, or give --threads 1" },
    );
  }
}

/** The options that a model is compiled with. */
export function compileOptions(
  device: WebDevice,
  threads: number,
  precision: Precision | null,
): core.CompileOptions {
  const cpuOptions = { numThreads: threads };
  const bits = precision === "fp16" ? "fp16" : "fp32";
  switch (device) {
    case "wasm":
      return { accelerator: "wasm", cpuOptions };
    case "webgpu":
      return { accelerator: "webgpu", cpuOptions, gpuOptions: { precision: bits } };
    case "webnn":
      return {
        accelerator: "webnn",
        cpuOptions,
        webNNOptions: { devicePreference: webnnDeviceType, precision: bits },
      };
  }
}

/** A line of LiteRT's binary on the console: TensorFlow Lite's own style, or that of Abseil's logs. */
const ofBinary = /^(?:(INFO|WARNING|ERROR|FATAL|VERBOSE): |([IWEF])\d{4} )/;

type Method = "log" | "info" | "warn" | "error";
const methods: readonly Method[] = ["log", "info", "warn", "error"];

/**
 * Listens to what LiteRT's binary and library write to the console, which is the only place where
 * they tell that an operator was not prepared: the promises of such a run resolve all the same.
 */
export class ConsoleWatch {
  readonly #lines: string[] = [];
  readonly #errors: string[] = [];

  /**
   * Stands in for the console's methods, which the binary binds for good as it starts, and whose
   * place is given back then. Lines of the binary are kept from the console, but for errors.
   */
  async attach<Result>(start: () => Promise<Result>): Promise<Result> {
    const originals = methods.map((name) => [name, console[name]] as const);
    for (const [name, original] of originals) {
      console[name] = (...data: unknown[]) => {
        if (this.#take(data.join(" "))) original.apply(console, data);
      };
    }
    try {
      return await start();
    } finally {
      for (const [name, original] of originals) console[name] = original;
    }
  }

  /** The number of lines so far, from which `since` gives the later ones. */
  get mark(): number {
    return this.#lines.length;
  }

  since(mark: number): readonly string[] {
    return this.#lines.slice(mark);
  }

  /** Gives the first error that was written since the last call, or null. */
  takeError(): string | null {
    const [first = null] = this.#errors;
    this.#errors.length = 0;
    return first;
  }

  /** Takes a line, and tells whether the console gets it, too. */
  #take(line: string): boolean {
    const [, word, letter] = ofBinary.exec(line) ?? [];
    const severity = word?.[0] ?? letter;
    if (severity === undefined) return true;
    this.#lines.push(line);
    const isError = severity === "E" || severity === "F";
    if (isError) this.#errors.push(line.replace(/^ERROR: /, ""));
    return isError;
  }
}

/** How long the event loop runs before workers are looked at again, in ms. */
const turnMs = 1;

/**
 * Counts the threads that LiteRT's binary starts. Its pool has a worker for each core from the
 * start, whatever number of threads a model asks for; a worker gets one message when it loads, and
 * one for each thread that it is to run.
 *
 * Models that live at once can need more threads than the pool has workers. The binary then starts
 * workers, which load only while the page's event loop runs: `loaded` is to be awaited after a model
 * was compiled, and before it is run.
 */
class ThreadWatch {
  #workers = 0;
  #messages = 0;
  readonly #loading = new Set<Worker>();

  /** Has every later worker of the page counted, with what is sent to it. */
  attach(): void {
    const created = (worker: Worker) => {
      this.#workers++;
      this.#loading.add(worker);
      worker.addEventListener("message", () => this.#loading.delete(worker), { once: true });
    };
    const sent = () => this.#messages++;
    const Original = globalThis.Worker;
    globalThis.Worker = class extends Original {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        created(this);
      }

      override postMessage(...given: [message: unknown, ...rest: never[]]): void {
        sent();
        super.postMessage(...given);
      }
    };
  }

  get workers(): number {
    return this.#workers;
  }

  /** The number of threads that were started so far, beside the page's own. */
  get started(): number {
    return this.#messages - this.#workers;
  }

  /** Resolves once every worker has loaded, which needs the page's event loop. */
  async loaded(): Promise<void> {
    while (this.#loading.size > 0) await new Promise((resolve) => setTimeout(resolve, turnMs));
  }
}
