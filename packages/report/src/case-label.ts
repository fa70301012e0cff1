import type { CaseParts, CaseRecord } from "@sebench/results";
import { formLabel } from "./naive-form.ts";

/** What sets cases of one runtime apart, beyond the pair, its size, the batch and the precision. */
const distinctions = ["host", "lowering"] as const;

/** Where readers take a runtime to have run, unless its label says otherwise. */
export function usualHost(runtime: string): string {
  return runtime.split("/")[0]!.endsWith("-web") ? "chromium" : "node";
}

/**
 * Names cases by their runtime, its threads, and what sets them apart from other
 * cases of that runtime in the same run: `onnxruntime-node/cpu on bun (2 threads)`.
 * The precision is always named, unless all of the run is in fp32.
 */
export function caseLabels(cases: readonly CaseRecord[]): (record: CaseRecord) => string {
  const onlyFp32 = cases.every(({ precision }) => precision === "fp32");
  return (record) => {
    const siblings = cases.filter(({ runtime }) => runtime === record.runtime);
    const [host, lowering] = distinctions.map((part) =>
      siblings.some((sibling) => sibling[part] !== record[part]) ? record[part] : null,
    );
    const named = host !== null || record.host !== usualHost(record.runtime);
    const label = named ? `${record.runtime} on ${record.host}` : record.runtime;
    const precision = onlyFp32 ? null : record.precision;
    return [label + threadsOf(record), precision, lowering && formLabel(record, cases)]
      .filter((part) => part !== null)
      .join(", ");
  };
}

function threadsOf(record: CaseRecord): string {
  const threads = record.status === "ok" ? record.attestation.threads : null;
  if (threads === null) return "";
  return threads === 1 ? " (1 thread)" : ` (${threads} threads)`;
}

/** What a case runs, and how large: `se-resnet50, 224 px, batch 1`. */
export function workLabel({
  network,
  imageSize,
  batch,
}: Pick<CaseParts, "network" | "imageSize" | "batch">): string {
  return `${network}, ${imageSize} px, batch ${batch}`;
}
