import type { EngineOptions, Precision } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import { webBackends, type WebDevice } from "./device.ts";
import type { StartedBackend } from "./web-backend.ts";

/** tfjs and the backend that it computes with. */
export interface Started {
  readonly tf: Tfjs;
  readonly backend: StartedBackend;
}

/**
 * The one tfjs of a page. It keeps one backend for as long as the page lives: the
 * shaders compiled for a GPU live as long as the backend, and a new replica would
 * compile them again.
 */
export class PageTfjs {
  #start: {
    readonly device: WebDevice;
    readonly threads: number | null;
    readonly started: Promise<Started>;
  } | null = null;
  #started: Started | null = null;
  /** The precision of the page's networks, or null before the first network. */
  #precision: { readonly name: Precision; readonly taken: Promise<void> } | null = null;

  /** Starts tfjs, or gives the one that has started. Rejects where that has another backend or other threads, or has failed. */
  async start(device: WebDevice, options: EngineOptions): Promise<Started> {
    const { threads } = options;
    this.#start ??= { device, threads, started: startBackend(device, options) };
    if (this.#start.device !== device || this.#start.threads !== threads) {
      const first = this.#start;
      throw new InputError(
        `tfjs has started in this page on ${first.device} with threads ${first.threads}, ` +
          `and cannot change to ${device} with threads ${threads}`,
        { remedy: "open a fresh page" },
      );
    }
    this.#started = await this.#start.started;
    this.#started.backend.requireAlive();
    return this.#started;
  }

  /** Has a started backend compute in a precision. Rejects where the page's first network had another, or the device lacks it. */
  async takePrecision({ backend }: Started, precision: Precision): Promise<void> {
    const taken = async () => backend.takePrecision?.(precision);
    this.#precision ??= { name: precision, taken: taken() };
    if (this.#precision.name !== precision) {
      throw new InputError(
        `this page computes in ${this.#precision.name}, and cannot change to ${precision}`,
        { remedy: "open a fresh page" },
      );
    }
    await this.#precision.taken;
  }

  /** @throws Error where the backend's device is gone */
  requireAlive(): void {
    this.#started?.backend.requireAlive();
  }
}

async function startBackend(device: WebDevice, options: EngineOptions): Promise<Started> {
  const tf = await import("@tensorflow/tfjs-core");
  return { tf, backend: await webBackends[device].start(tf, options) };
}
