import { damaged, type HeaderEntry, parseHeader } from "./safetensors-header.ts";
import type { SafetensorsFile, StoredTensor } from "./stored-tensor.ts";
import { toldKey } from "./told.ts";

/** The longest header that the reference implementation reads, in bytes. */
const longestHeader = 100_000_000;

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors): the
 * length of the header in 8 bytes, the header in JSON, the tensors without gap
 * or overlap. The tensors are views of `bytes`, not copies.
 *
 * Throws an `InputError` that names the tensor if anything is not as the format has
 * it. Values are not checked.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const headerEnd = 8 + headerLength(bytes);
  const { entries, metadata } = parseHeader(decode(bytes.subarray(8, headerEnd)));
  const data = bytes.subarray(headerEnd);
  checkCoverage(entries, data.length);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
  }
  return { tensors, metadata };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, fewer than 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = Number(view.getBigUint64(0, true));
  if (length > longestHeader) {
    throw damaged(`its header would have ${length} bytes, more than ${longestHeader}`);
  }
  if (length > bytes.length - 8) {
    throw damaged(`its header has ${length} bytes, but ${bytes.length - 8} follow`);
  }
  return length;
}

function decode(header: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (error) {
    throw damaged("the header is not UTF-8", error);
  }
}

/** Throws an `InputError` unless every byte of the data belongs to exactly one tensor. */
function checkCoverage(entries: readonly HeaderEntry[], length: number): void {
  let covered = 0;
  let last = "the header";
  for (const { name, begin, end } of entries.toSorted(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    const told = toldKey(name);
    if (end > length) throw damaged(`${told} ends at byte ${end} of ${length}`);
    if (begin < covered) throw damaged(`${told} overlaps ${last}`);
    if (begin > covered) {
      throw damaged(`${begin - covered} bytes between ${last} and ${told} belong to no tensor`);
    }
    covered = end;
    last = told;
  }
  if (covered < length) {
    throw damaged(`${length - covered} bytes after ${last} belong to no tensor`);
  }
}
