import { exportNetwork, selectTargets, tunedWord } from "@sebench/bench";
import { readNumber, say } from "@sebench/cli";
import type { Target } from "@sebench/hosts";
import { defaultLowering } from "@sebench/lowering";
import { replaceFile, requireWritableFile } from "@sebench/results";
import { describeOrigin, describePreprocessing } from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";
import { buildNetwork } from "@sebench/spec";
import { type MemberFlags, readMemberChoice } from "../flags/member-flags.ts";

interface ExportFlags extends MemberFlags {
  readonly network: string;
  readonly out: string;
  readonly batch: string;
  readonly precision: Precision;
  /** The part of the network that stays in fp32 in int8. */
  readonly int8Keep?: "se";
  readonly lowering?: string;
  /** With host and threads: what a tuned lowering was tuned for. */
  readonly runtime: string;
  readonly host?: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** Writes one network as ONNX, or as a TensorFlow Lite model where the file is called .tflite. */
export async function exportModel(flags: ExportFlags): Promise<void> {
  const { precision } = flags;
  const batch = readNumber("--batch", flags.batch, { from: 1, to: 8192 });
  await requireWritableFile(flags.out);
  const { network, lowering, bytes, parity, member } = await exportNetwork({
    network: flags.network,
    ...readMemberChoice(flags),
    format: flags.out.toLowerCase().endsWith(".tflite") ? "tflite" : "onnx",
    batch,
    precision,
    int8Keep: flags.int8Keep ?? null,
    lowering: flags.lowering ?? null,
    tunedFor: flags.lowering === tunedWord ? tunedFor(flags) : null,
  });
  const { origin, hash, preprocessing, notes } = member;
  for (const note of notes) say(`weights: ${note}`);
  await replaceFile(flags.out, bytes);
  const summary = { out: flags.out, network, precision, lowering, batch };
  const weights = { ...origin, hash };
  console.log(
    flags.json
      ? JSON.stringify({ ...summary, bytes: bytes.length, weights, preprocessing, parity }, null, 2)
      : `${flags.out}: ${network}, ${precision}${flags.int8Keep ? ", SE in fp32" : ""}, ${lowering}, batch ${batch}, ${(bytes.length / 1e6).toFixed(1)} MB\n` +
          `weights: ${describeOrigin(origin)} (SHA-256 of the values ${hash})\n` +
          `images: ${describePreprocessing(preprocessing)}`,
  );
  if (parity === null) return;
  const { relative, pass } = parity;
  say(
    `parity with ${defaultLowering(buildNetwork(network))}, by onnxruntime-node/cpu: logits differ by ` +
      `${relative.toExponential(1)} of the greatest${pass ? "" : ", which is not rounding alone"}`,
  );
  if (!pass) process.exitCode = 1;
}

function tunedFor({ runtime, host, threads }: ExportFlags) {
  const [target] = selectTargets([runtime], host === undefined ? null : [host]) as [Target];
  return {
    ...target,
    threads: threads === undefined ? null : readNumber("--threads", threads, { from: 1, to: 256 }),
  };
}
