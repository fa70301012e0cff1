import { readFileSync } from "node:fs";
import type { Op, Shape } from "@sebench/spec";

/** Logits that PyTorch computes in float64 of weights and images by formula. */
export interface NetworkGolden {
  readonly network: string;
  readonly imageSize: number;
  readonly classes: number;
  /** Trainable ones, as PyTorch counts them. */
  readonly parameters: number;
  /** One row for each image. */
  readonly logits: readonly (readonly number[])[];
}

/** What torch.nn.functional computes in float64. */
export interface OpGolden {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly Shape[];
  /** Shapes, by the last part of the name that PyTorch gives: `running_mean`. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly shape: Shape;
  /** Row-major. */
  readonly output: readonly number[];
}

/** For tests: the goldens that `scripts/make_golden.py` wrote, one a line. */
export const networkGoldens = (): NetworkGolden[] => readLines("networks.jsonl");
export const opGoldens = (): OpGolden[] => readLines("ops.jsonl");

function readLines<Golden>(file: string): Golden[] {
  const text = readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Golden);
}
