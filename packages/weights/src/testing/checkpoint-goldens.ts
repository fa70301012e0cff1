import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { KeyLayout } from "../checkpoint/keys.ts";

/** The tensors of a published checkpoint, and the logits that its own model gives with them. */
export interface CheckpointGolden {
  /** The library and its version: `timm 1.0.20`. */
  readonly library: string;
  /** The library's name of the model. */
  readonly model: string;
  /** The network's canonical name here, with its layout. */
  readonly network: string;
  readonly keys: KeyLayout;
  readonly tensors: readonly (readonly [
    key: string,
    shape: readonly number[],
    dtype: "F32" | "I64",
  ])[];
  readonly imageSize: number;
  /** The logits in float64, of weights and one image by formula. */
  readonly logits: readonly number[];
}

/** Reads the goldens that `scripts/make_checkpoint_goldens.py` wrote, for tests. */
export function checkpointGoldens(): CheckpointGolden[] {
  const file = new URL("../../golden/checkpoints.jsonl.gz", import.meta.url);
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CheckpointGolden);
}
