import { readFile, writeFile } from "node:fs/promises";
import { defaultLowering, lower } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import { buildNetwork, InputError, withLayout } from "@sebench/spec";
import {
  checkWeights,
  readSafetensors,
  seededWeights,
  toWeights,
  type Weights,
} from "@sebench/weights";
import { readNumber } from "../number-option.ts";
import { requireLowering } from "../plan.ts";

interface ExportFlags {
  readonly network: string;
  readonly out: string;
  readonly weights?: string;
  readonly layout?: string;
  readonly batch: string;
  readonly size?: string;
  readonly lowering?: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** Writes one network as ONNX. */
export async function exportModel(flags: ExportFlags): Promise<void> {
  const imageSize =
    flags.size === undefined ? null : readNumber("--size", flags.size, { from: 1, to: 4096 });
  const name = flags.layout === undefined ? flags.network : withLayout(flags.network, flags.layout);
  const network = buildNetwork(name, imageSize === null ? {} : { imageSize });
  const batch = readNumber("--batch", flags.batch, { from: 1, to: 1024 });
  const seed = readNumber("--seed", flags.seed, { from: 0, to: 2 ** 32 - 1 });
  const weights =
    flags.weights === undefined ? seededWeights(network, seed) : await load(flags.weights);
  checkWeights(network, weights);
  const lowering =
    flags.lowering === undefined ? defaultLowering(network) : requireLowering(flags.lowering);
  const bytes = encodeOnnx(lower(network, weights, lowering), { batch });
  await write(flags.out, bytes);
  const summary = { out: flags.out, network: network.name, lowering, batch, bytes: bytes.length };
  console.log(
    flags.json
      ? JSON.stringify(summary, null, 2)
      : `${flags.out}: ${network.name}, ${lowering}, batch ${batch}, ${(bytes.length / 1e6).toFixed(1)} MB`,
  );
}

async function load(path: string): Promise<Weights> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new InputError(`cannot read the weights ${path}: ${messageOf(cause)}`, {
      remedy: "give --weights a .safetensors file",
      cause,
    });
  }
  return toWeights(readSafetensors(bytes));
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new InputError(`cannot write ${path}: ${messageOf(cause)}`, {
      remedy: "give --out a file in a folder that exists and can be written",
      cause,
    });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
