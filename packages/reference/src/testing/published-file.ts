import { type StoredTensor, writeSafetensors } from "@sebench/weights";
import type { CheckpointGolden } from "@sebench/weights/testing";
import { goldenParameter } from "../golden-values.ts";

/** The file that a library would write of its model with weights by formula. */
export function publishedFile({ tensors }: CheckpointGolden): Uint8Array {
  const stored = tensors.map(([key, shape, dtype]): [string, StoredTensor] => {
    if (dtype === "I64") return [key, { dtype, shape, bytes: new Uint8Array(8) }];
    const { data } = goldenParameter(key, shape);
    return [key, { dtype, shape, bytes: new Uint8Array(data.buffer) }];
  });
  return writeSafetensors(new Map(stored));
}
