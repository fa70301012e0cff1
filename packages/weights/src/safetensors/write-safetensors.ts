import { elementCount, formatShape, InputError } from "@sebench/spec";
import { metadataKey } from "./safetensors-header.ts";
import { dtypeBytes, type StoredTensor } from "./stored-tensor.ts";

const dtypes = Object.keys(dtypeBytes);

/**
 * Writes a safetensors file as the reference implementation does: wide element
 * types first, then by name, and the data from a multiple of 8 bytes, so that
 * each tensor can be read without a copy.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const sorted = [...tensors].toSorted(
    ([nameA, a], [nameB, b]) =>
      dtypes.indexOf(b.dtype) - dtypes.indexOf(a.dtype) || (nameA < nameB ? -1 : 1),
  );
  const fields: string[] = [];
  if (metadata.size > 0) fields.push(field(metadataKey, Object.fromEntries(metadata)));
  let end = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(name, tensor);
    const begin = end;
    end += tensor.bytes.length;
    const { dtype, shape } = tensor;
    fields.push(field(name, { dtype, shape, data_offsets: [begin, end] }));
  }
  const header = new TextEncoder().encode(`{${fields.join(",")}}`);
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(header, 8);
  let at = start;
  for (const [, { bytes }] of sorted) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function field(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function checkTensor(name: string, { dtype, shape, bytes }: StoredTensor): void {
  if (name === metadataKey) {
    throw new InputError(`a tensor is named ${name}, which the format keeps for metadata`, {
      remedy: "give the tensor another name",
    });
  }
  const size = elementCount(shape) * dtypeBytes[dtype];
  if (bytes.length !== size) {
    throw new InputError(
      `${name} has ${bytes.length} bytes, but ${dtype} ${formatShape(shape)} takes ${size}`,
      { remedy: "give the bytes that its shape asks for" },
    );
  }
}
