import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { KeyLayout } from "../checkpoint/key-map.ts";

/** What a published checkpoint looks like, and what its own model makes of it. */
export interface CheckpointGolden {
  /** With its version: `timm 1.0.20`. */
  readonly library: string;
  /** As the library names it. */
  readonly model: string;
  /** As it is named here, in its layout. */
  readonly network: string;
  readonly keys: KeyLayout;
  readonly tensors: readonly (readonly [
    key: string,
    shape: readonly number[],
    dtype: "F32" | "I64",
  ])[];
  readonly imageSize: number;
  /** In float64, of weights and one image by formula. */
  readonly logits: readonly number[];
}

/** For tests: the goldens that `scripts/make_checkpoint_goldens.py` wrote. */
export function checkpointGoldens(): CheckpointGolden[] {
  const file = new URL("../../golden/checkpoints.jsonl.gz", import.meta.url);
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CheckpointGolden);
}
