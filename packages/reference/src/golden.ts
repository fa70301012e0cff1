import { readFileSync } from "node:fs";
import type { Op, Shape } from "@sebench/spec";

/** Logits that PyTorch computes in float64 of weights and images by formula. */
export interface NetworkGolden {
  readonly network: string;
  readonly imageSize: number;
  readonly classes: number;
  /** The number of trainable parameters by PyTorch's count. */
  readonly parameters: number;
  /** The logits, one row for each image. */
  readonly logits: readonly (readonly number[])[];
}

/** The output of an operator that torch.nn.functional computes in float64. */
export interface OpGolden {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly Shape[];
  /** The shapes of parameters, by the last part of PyTorch's names: `running_mean`. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly shape: Shape;
  /** The values of the output, row-major. */
  readonly output: readonly number[];
}

/** Reads the networks that `scripts/make_golden.py` wrote, for tests. */
export const networkGoldens = (): NetworkGolden[] => readLines("networks.jsonl");

/** Reads the operators that `scripts/make_golden.py` wrote, for tests. */
export const opGoldens = (): OpGolden[] => readLines("ops.jsonl");

function readLines<Golden>(file: string): Golden[] {
  const text = readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Golden);
}
