import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { sameShape } from "@sebench/spec";
import { readSafetensors, writeSafetensors } from "@sebench/weights";

/** The answer to one question, which is kept in one safetensors file. */
export interface OracleAnswer {
  /** The key of the question, which `oracleKey` gives. */
  readonly key: string;
  /** The name of the network, for people who look into the file. */
  readonly network: string;
  readonly shape: readonly [images: number, classes: number];
  /** The logits, row-major. */
  readonly logits: Float64Array;
}

const tensorName = "logits";

/** The logits of a file, or null if the file is missing, damaged, or answers another question. */
export async function readOracle(
  file: string,
  { key, shape }: Pick<OracleAnswer, "key" | "shape">,
): Promise<Float64Array | null> {
  try {
    const { tensors, metadata } = readSafetensors(await readFile(file));
    const logits = tensors.get(tensorName);
    if (logits?.dtype !== "F64" || !sameShape(logits.shape, shape)) return null;
    if (metadata.get("key") !== key || metadata.get("sha256") !== sha256(logits.bytes)) return null;
    return new Float64Array(Uint8Array.from(logits.bytes).buffer);
  } catch {
    return null;
  }
}

/**
 * Writes a file whole or not at all, so that readers never see a part of it. Nothing is thrown if the
 * file cannot be written, since the caller has the answer and can compute it again.
 */
export async function writeOracle(file: string, answer: OracleAnswer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, encode(answer));
    await rename(unfinished, file);
  } catch {
    await rm(unfinished, { force: true }).catch(() => {});
  }
}

function encode({ key, network, shape, logits }: OracleAnswer): Uint8Array {
  const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
  const metadata = new Map(Object.entries({ key, network, sha256: sha256(bytes) }));
  return writeSafetensors(new Map([[tensorName, { dtype: "F64", shape, bytes }]]), metadata);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
