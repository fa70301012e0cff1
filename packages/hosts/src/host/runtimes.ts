import type { Host, Runtime, RuntimeId } from "@sebench/runtime";
import { litertWebWasm, litertWebWebgpu, litertWebWebnn } from "@sebench/runtime-litert-web";
import {
  onnxruntimeNodeCpu,
  onnxruntimeNodeCuda,
  onnxruntimeNodeTensorrt,
  onnxruntimeNodeWebgpu,
} from "@sebench/runtime-onnxruntime-node";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
} from "@sebench/runtime-onnxruntime-web";
import { tfjsNodeCpu, tfjsNodeCuda } from "@sebench/runtime-tfjs-node";
import { tfjsWebCpu, tfjsWebWasm, tfjsWebWebgl, tfjsWebWebgpu } from "@sebench/runtime-tfjs-web";
import { InputError } from "@sebench/spec";

/** Every runtime that sebench measures. To add one, add its declaration here. */
export const runtimes: readonly Runtime[] = [
  onnxruntimeNodeCpu,
  onnxruntimeNodeCuda,
  onnxruntimeNodeTensorrt,
  onnxruntimeNodeWebgpu,
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
  tfjsNodeCpu,
  tfjsNodeCuda,
  tfjsWebCpu,
  tfjsWebWasm,
  tfjsWebWebgl,
  tfjsWebWebgpu,
  litertWebWasm,
  litertWebWebgpu,
  litertWebWebnn,
];

/** The hosts of a run that names none. */
export const defaultHosts = ["node", "chromium"] as const satisfies readonly Host[];

/** The hosts that are measured only where `--host` names them. */
export const optionalHosts = [
  "bun",
  "deno",
  "firefox",
  "webkitgtk",
  "safari",
  "device",
] as const satisfies readonly Host[];

export function runtimeOf(id: RuntimeId): Runtime {
  const runtime = runtimes.find((each) => each.id === id);
  if (!runtime) throw new InputError(`there is no runtime ${id}`);
  return runtime;
}

/** A runtime on one of its hosts, on which a case runs. */
export interface Target {
  readonly runtime: RuntimeId;
  readonly host: Host;
}
