import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inspection } from "../inspect/inspection.ts";
import { inspectModel } from "../inspect/inspect-model.ts";
import { parseInputSizes } from "../shapes/infer.ts";

/** Inspects bytes as a file, in a folder of its own that may hold other files. */
export function inspectBytes(
  bytes: Uint8Array,
  {
    sizes = [],
    beside = {},
  }: {
    readonly sizes?: readonly string[];
    readonly beside?: Readonly<Record<string, Uint8Array>>;
  } = {},
): Inspection {
  const folder = mkdtempSync(join(tmpdir(), "sebench-model-"));
  try {
    for (const [name, content] of Object.entries(beside))
      writeFileSync(join(folder, name), content);
    const path = join(folder, "model.onnx");
    writeFileSync(path, bytes);
    return inspectModel(path, parseInputSizes(sizes));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
