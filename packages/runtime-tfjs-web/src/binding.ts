import type { Engine, EngineOptions, Runtime, Precision } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { formsOf, type TfjsBinding, tfjsEngine, type ProfiledRun, type Tfjs } from "@sebench/tfjs";
import { webBackends, type WebDevice } from "./device.ts";
import type { StartedBackend } from "./web-backend.ts";

export function webBinding(
  runtime: Pick<Runtime, "precisions"> & { readonly id: `tfjs-web/${WebDevice}` },
  device: WebDevice,
  page: PageTfjs,
  options: EngineOptions,
): TfjsBinding {
  const start = () => page.start(device, options);
  return {
    runtime,
    forms: formsOf[runtime.id],
    async start(precision = "fp32") {
      const started = await start();
      await page.takePrecision(started, precision);
      return started.tf;
    },
    requireAlive: () => page.requireAlive(),
    async probe() {
      const missing = await webBackends[device].missing();
      if (missing !== null) return { ok: false, ...missing };
      try {
        const { tf, backend } = await start();
        const { device: taken, software } = backend;
        return { ok: true, version: tf.version_core, device: taken, software };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const remedy = error instanceof InputError ? error.remedy : null;
        return { ok: false, reason, remedy: remedy ?? "open a fresh page" };
      }
    },
    async judge(run) {
      const { tf, backend } = await start();
      const { reason: doubt, threads, evidence } = await backend.prove(run.precision);
      const registered = Object.keys(tf.engine().registryFactory);
      const reason = notOnlyOn(device, run, registered) ?? doubt;
      return {
        device,
        proven: reason === null,
        reason,
        software: backend.software,
        threads,
        tf32: false,
        evidence: {
          version: tf.version_core,
          taken: backend.device,
          registered,
          threadsAsked: options.threads,
          ...run,
          ...evidence,
        },
      };
    },
  };
}

/**
 * Why it is not proven that one backend ran every kernel of a run, or null where it is.
 *
 * @param registered the backends that the page's tfjs has: where there is only one,
 *   there is none that a kernel could fall back to
 */
export function notOnlyOn(
  asked: string,
  { backend, kernels }: Pick<ProfiledRun, "backend" | "kernels">,
  registered: readonly string[],
): string | null {
  if (backend !== asked) return `tfjs computed on its backend ${backend}, not on ${asked}`;
  const others = registered.filter((name) => name !== asked);
  if (others.length > 0) return `kernels may have run on ${others.join(", ")}, which is there, too`;
  return Object.keys(kernels).length === 0 ? "the profile shows no kernel at all" : null;
}

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

/** The tfjs of this page: there is one, whatever it is asked for. */
const pageTfjs = new PageTfjs();

/** Opens the engine of a declared runtime. */
export function openTfjsWebEngine(
  runtime: Parameters<typeof webBinding>[0],
  device: WebDevice,
  options: EngineOptions,
): Engine {
  return tfjsEngine(webBinding(runtime, device, pageTfjs, options));
}
