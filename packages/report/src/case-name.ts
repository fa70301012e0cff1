import { parseCaseId } from "@sebench/results";
import { usualHost, workLabel } from "./case-label.ts";

/** `onnxruntime-node/cpu on bun`. */
export function runtimeName({ id }: { readonly id: string }): string {
  const { runtime, host, precision, lowering } = parseCaseId(id);
  const place = host === usualHost(runtime) ? runtime : `${runtime} on ${host}`;
  const extras = [precision === "fp32" ? "" : precision, lowering === "gemm" ? "" : lowering];
  return [place, ...extras.filter((extra) => extra !== "")].join(", ");
}

/** `se-resnet50, 224 px, batch 1` */
export function workName({ id }: { readonly id: string }): string {
  return workLabel(parseCaseId(id));
}
