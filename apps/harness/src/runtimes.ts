import { InputError } from "@sebench/spec";
import type { Host, Runtime, RuntimeId } from "@sebench/runtime";
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
];

/** Of a run that names none. */
const defaultHosts = ["node", "chromium"] as const satisfies readonly Host[];

/** Measured only where `--host` names them. */
export const optionalHosts = ["bun", "deno"] as const satisfies readonly Host[];

export function runtimeOf(id: RuntimeId): Runtime {
  const runtime = runtimes.find((each) => each.id === id);
  if (!runtime) throw new InputError(`there is no runtime ${id}`);
  return runtime;
}

/** A runtime on one of its hosts: what a case runs on. */
export interface Target {
  readonly runtime: RuntimeId;
  readonly host: Host;
}

/**
 * The runtimes and hosts asked for, in the order of the table; where null, all
 * runtimes, and the default hosts.
 * Throws an `InputError` for a name that is not known, or a pair that is not there.
 */
export function selectTargets(
  ids: readonly string[] | null,
  hostNames: readonly string[] | null,
): Target[] {
  requireKnown(
    "--runtime",
    ids,
    runtimes.map(({ id }) => id),
  );
  requireKnown("--host", hostNames, [...defaultHosts, ...optionalHosts]);
  const asked: readonly string[] = hostNames ?? defaultHosts;
  const targets = runtimes
    .filter(({ id }) => ids === null || ids.includes(id))
    .flatMap(({ id, hosts: its }) => its.map((host) => ({ runtime: id, host })))
    .filter(({ host }) => asked.includes(host));
  if (targets.length > 0) return targets;
  throw new InputError(`none of ${ids?.join(", ")} runs on ${asked.join(", ")}`, {
    remedy: "see `pnpm bench list` for the hosts of each runtime",
  });
}

function requireKnown(flag: string, asked: readonly string[] | null, known: readonly string[]) {
  const unknown = asked?.find((each) => !known.includes(each));
  if (unknown === undefined) return;
  throw new InputError(`${flag} does not know "${unknown}"`, {
    remedy: `choose from ${known.join(", ")}`,
  });
}
