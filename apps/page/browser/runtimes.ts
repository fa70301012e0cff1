import type { Availability, Engine, EngineOptions, Runtime, RuntimeId } from "@sebench/runtime";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
} from "@sebench/runtime-onnxruntime-web";
import { tfjsWebCpu, tfjsWebWasm, tfjsWebWebgl, tfjsWebWebgpu } from "@sebench/runtime-tfjs-web";
import { InputError } from "@sebench/spec";

/** Every runtime that a page can run, with the folder in which the server has its files. */
const runtimes: readonly (readonly [Runtime, assetsUrl: string])[] = [
  [onnxruntimeWebWasm, "/ort/"],
  [onnxruntimeWebWebgpu, "/ort/"],
  [onnxruntimeWebWebgpuJsep, "/ort/"],
  [onnxruntimeWebWebnn, "/ort/"],
  [tfjsWebCpu, "/tfjs/"],
  [tfjsWebWasm, "/tfjs/"],
  [tfjsWebWebgl, "/tfjs/"],
  [tfjsWebWebgpu, "/tfjs/"],
];

export async function loadEngine(id: RuntimeId, options: EngineOptions): Promise<Engine> {
  const row = runtimes.find(([runtime]) => runtime.id === id);
  if (row === undefined) {
    const known = runtimes.map(([runtime]) => runtime.id).join(", ");
    throw new InputError(`${id} does not run in a page`, { remedy: `choose from ${known}` });
  }
  const [runtime, assetsUrl] = row;
  return runtime.load({ assetsUrl, ...options });
}

export async function probe(id: RuntimeId, options: EngineOptions): Promise<Availability> {
  const engine = await loadEngine(id, options);
  return engine.probe();
}

/** Loads and starts it. Throws an `InputError` where it is not available here. */
export async function loadAvailable(id: RuntimeId, options: EngineOptions): Promise<Engine> {
  const engine = await loadEngine(id, options);
  const availability = await engine.probe();
  if (availability.ok) return engine;
  await engine[Symbol.asyncDispose]();
  throw new InputError(availability.reason, { remedy: availability.remedy });
}
