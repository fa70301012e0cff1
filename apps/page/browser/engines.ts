import type { Engine, EngineOptions, Runtime, RuntimeId } from "@sebench/runtime";
import { litertWebWasm, litertWebWebgpu, litertWebWebnn } from "@sebench/runtime-litert-web";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
} from "@sebench/runtime-onnxruntime-web";
import { tfjsWebCpu, tfjsWebWasm, tfjsWebWebgl, tfjsWebWebgpu } from "@sebench/runtime-tfjs-web";
import { InputError } from "@sebench/spec";

/**
 * The runtimes that a page can run, with the URL of the folder in which the server has their files.
 */
const runtimes: readonly (readonly [Runtime, assetsUrl: string])[] = [
  [onnxruntimeWebWasm, "/ort/"],
  [onnxruntimeWebWebgpu, "/ort/"],
  [onnxruntimeWebWebgpuJsep, "/ort/"],
  [onnxruntimeWebWebnn, "/ort/"],
  [tfjsWebCpu, "/tfjs/"],
  [tfjsWebWasm, "/tfjs/"],
  [tfjsWebWebgl, "/tfjs/"],
  [tfjsWebWebgpu, "/tfjs/"],
  [litertWebWasm, "/litert/"],
  [litertWebWebgpu, "/litert/"],
  [litertWebWebnn, "/litert/"],
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
