import type { EngineOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import { webBackends, type WebDevice } from "./device.ts";
import type { StartedBackend } from "./web-backend.ts";

export interface Started {
  readonly tf: Tfjs;
  readonly backend: StartedBackend;
}

/**
 * The one tfjs of a page. It computes with one backend at a time; here, with one
 * as long as the page lives: the shaders compiled for a GPU live with it, and a
 * new replica would compile them again.
 */
export class PageTfjs {
  #start: {
    readonly device: WebDevice;
    readonly threads: number | null;
    readonly started: Promise<Started>;
  } | null = null;
  #started: Started | null = null;

  /** Rejects where it has started otherwise, or has failed to. */
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

  requireAlive(): void {
    this.#started?.backend.requireAlive();
  }
}

async function startBackend(device: WebDevice, options: EngineOptions): Promise<Started> {
  const tf = await import("@tensorflow/tfjs-core");
  return { tf, backend: await webBackends[device].start(tf, options) };
}
