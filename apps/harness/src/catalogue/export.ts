import { writeFile } from "node:fs/promises";
import {
  encodeInPrecision,
  formParity,
  tunedWord,
  requireLowering,
  selectTargets,
  readTunings,
} from "@sebench/bench";
import { readNumber, say } from "@sebench/cli";
import type { Target } from "@sebench/hosts";
import { defaultLowering, lower, type LoweringName } from "@sebench/lowering";
import { readCheckpointFile, chooseLayout, type BuiltMember, memberFrom } from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";
import {
  buildNetwork,
  InputError,
  inputShape,
  type Network,
  parseNetworkName,
  withLayout,
} from "@sebench/spec";
import { seededWeights } from "@sebench/weights";

interface ExportFlags {
  readonly network: string;
  readonly out: string;
  readonly weights?: string;
  readonly layout?: string;
  readonly batch: string;
  readonly size?: string;
  readonly precision: Precision;
  readonly lowering?: string;
  /** The runtime that a tuned lowering was tuned for, together with the host and the threads. */
  readonly runtime: string;
  readonly host?: string;
  readonly threads?: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** Writes one network as ONNX. */
export async function exportModel(flags: ExportFlags): Promise<void> {
  const batch = readNumber("--batch", flags.batch, { from: 1, to: 8192 });
  const built = await buildAsked(flags);
  const { network, weights } = built;
  const { precision } = flags;
  const lowering = await loweringOf(flags, network, batch);
  const lowered = lower(network, weights, lowering, { batch });
  const bytes = await encodeInPrecision(lowered, { batch, precision });
  await write(flags.out, bytes);
  const what = { network: network.name, precision, lowering, batch };
  const rewritten = lowering !== defaultLowering(network) && precision === "fp32";
  const parity = rewritten ? await formParity(built, lowering, batch) : null;
  const summary = { out: flags.out, ...what, bytes: bytes.length, parity };
  console.log(
    flags.json
      ? JSON.stringify(summary, null, 2)
      : `${flags.out}: ${network.name}, ${precision}, ${lowering}, batch ${batch}, ${(bytes.length / 1e6).toFixed(1)} MB`,
  );
  if (parity === null) return;
  const { relative, pass } = parity;
  say(
    `parity with ${defaultLowering(network)}, by onnxruntime-node/cpu: logits differ by ` +
      `${relative.toExponential(1)} of the greatest${pass ? "" : ", which is not rounding alone"}`,
  );
  if (!pass) process.exitCode = 1;
}

async function loweringOf(
  { lowering, runtime, host, threads, precision }: ExportFlags,
  network: Network,
  batch: number,
): Promise<LoweringName> {
  if (lowering === undefined) return defaultLowering(network);
  const asked = requireLowering(lowering);
  if (asked !== tunedWord) return asked;
  const [target] = selectTargets([runtime], host === undefined ? null : [host]) as [Target];
  const [, imageSize] = inputShape(network);
  const lookUp = await readTunings();
  return lookUp({
    ...target,
    network: network.name,
    imageSize,
    batch,
    precision,
    threads: threads === undefined ? null : readNumber("--threads", threads, { from: 1, to: 256 }),
  });
}

async function buildAsked(flags: ExportFlags): Promise<BuiltMember> {
  const { layout, weights } = flags;
  const imageSize =
    flags.size === undefined ? null : readNumber("--size", flags.size, { from: 1, to: 4096 });
  const seed = readNumber("--seed", flags.seed, { from: 0, to: 2 ** 32 - 1 });
  const name = layout === undefined ? flags.network : withLayout(flags.network, layout);
  if (weights === undefined) {
    const network = buildNetwork(name, imageSize === null ? {} : { imageSize });
    return { network, weights: seededWeights(network, seed) };
  }
  // A wrong name is told before a large file is read.
  parseNetworkName(name);
  const file = await readCheckpointFile(weights);
  const chosen = chooseLayout(flags.network, file.keys, layout);
  if (chosen.note !== null) say(`weights: ${chosen.note}`);
  return memberFrom(file, chosen.network, imageSize);
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
