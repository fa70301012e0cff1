import { type CaseParts, type CaseRecord, parseCaseId, ran } from "@sebench/results";
import { formLabel } from "./naive-form.ts";

/** The host in which readers take a runtime to have run, unless its label says otherwise. */
function usualHost(runtime: string): string {
  return runtime.split("/")[0]!.endsWith("-web") ? "chromium" : "node";
}

/** The name of a case in two parts, for readers who see it in two lines. */
export interface CaseName {
  /** The runtime, and its host where that needs to be said: `onnxruntime-node/cpu on bun`. */
  readonly place: string;
  /** The threads, the precision and the form of SE, each where it needs to be said. */
  readonly notes: readonly string[];
}

/**
 * Names cases by their runtime, its threads, and what sets them apart from other
 * cases of that runtime in the same run. The precision is always named, unless all
 * of the run is in fp32.
 */
export function caseNames(cases: readonly CaseRecord[]): (record: CaseRecord) => CaseName {
  const onlyFp32 = cases.every(({ precision }) => precision === "fp32");
  return (record) => {
    const siblings = cases.filter(({ runtime }) => runtime === record.runtime);
    const differs = (part: "host" | "lowering") =>
      siblings.some((sibling) => sibling[part] !== record[part]);
    const named = differs("host") || record.host !== usualHost(record.runtime);
    const notes = [
      threadsOf(record),
      onlyFp32 ? null : record.precision,
      differs("lowering") ? formLabel(record, cases) : null,
    ];
    return {
      place: named ? `${record.runtime} on ${record.host}` : record.runtime,
      notes: notes.filter((note) => note !== null),
    };
  };
}

/** Names cases in one line: `onnxruntime-node/cpu on bun (2 threads), rewritten`. */
export function caseLabels(cases: readonly CaseRecord[]): (record: CaseRecord) => string {
  const nameOf = caseNames(cases);
  return (record) => {
    const { place, notes } = nameOf(record);
    const threads = threadsOf(record);
    const [first, rest] =
      threads === null ? [place, notes] : [`${place} (${threads})`, notes.slice(1)];
    return [first, ...rest].join(", ");
  };
}

function threadsOf(record: CaseRecord): string | null {
  const threads = ran(record) ? record.attestation.threads : null;
  if (threads === null) return null;
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

/** The work of a case, its network and how large: `se-resnet50, 224 px, batch 1`. */
export function workLabel({
  network,
  imageSize,
  batch,
}: Pick<CaseParts, "network" | "imageSize" | "batch">): string {
  return `${network}, ${imageSize} px, batch ${batch}`;
}

/** The runtime of a case with what is not usual about it: `onnxruntime-node/cpu on bun`. */
export function runtimeName({ id }: { readonly id: string }): string {
  const { runtime, host, precision, lowering } = parseCaseId(id);
  const place = host === usualHost(runtime) ? runtime : `${runtime} on ${host}`;
  const extras = [precision === "fp32" ? "" : precision, lowering === "gemm" ? "" : lowering];
  return [place, ...extras.filter((extra) => extra !== "")].join(", ");
}

/** The work of a case by its id: `se-resnet50, 224 px, batch 1`. */
export function workName({ id }: { readonly id: string }): string {
  return workLabel(parseCaseId(id));
}
