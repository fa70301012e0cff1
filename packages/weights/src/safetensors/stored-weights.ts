import { InputError, type Tensor } from "@sebench/spec";
import type { Weights } from "../weights/weights.ts";
import {
  type Dtype,
  dtypeBytes,
  type SafetensorsFile,
  type StoredTensor,
} from "./stored-tensor.ts";

/**
 * The weights of a file in float32: views of the file's bytes if these are aligned
 * float32, else copies; F64, F16 and BF16 are converted. PyTorch's counters of batches
 * (`num_batches_tracked`), which inference does not use, are left out.
 */
export function toWeights(file: SafetensorsFile): Weights {
  const weights = new Map<string, Tensor>();
  for (const [name, tensor] of file.tensors) {
    if (!isUnused(name)) weights.set(name, toTensor(name, tensor));
  }
  return weights;
}

/**
 * Tells whether a key is of a tensor that inference does not use: PyTorch's counters of batches, and
 * of averaged models in a moving average.
 */
export function isUnused(name: string): boolean {
  return name.endsWith("num_batches_tracked") || name === "n_averaged";
}

export function isFloatingPoint(dtype: Dtype): boolean {
  return readers[dtype] !== undefined;
}

/** Converts a stored tensor as `toWeights` does; the error of one that cannot be names `name`. */
export function toTensor(name: string, tensor: StoredTensor): Tensor {
  const read = readers[tensor.dtype];
  if (read !== undefined) return { shape: tensor.shape, data: read(aligned(tensor)) };
  throw new InputError(`${name} is ${tensor.dtype}, and weights are floating point`, {
    remedy: "store it as F32, F64, F16 or BF16",
  });
}

/** The weights as float32 tensors of a file, which share the bytes of the weights. */
export function fromWeights(weights: Weights): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { shape, data }] of weights) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    tensors.set(name, { dtype: "F32", shape, bytes });
  }
  return tensors;
}

const readers: Readonly<Partial<Record<Dtype, (bytes: Uint8Array) => Float32Array>>> = {
  F32: ({ buffer, byteOffset, length }) => new Float32Array(buffer, byteOffset, length / 4),
  F64: ({ buffer, byteOffset, length }) =>
    Float32Array.from(new Float64Array(buffer, byteOffset, length / 8)),
  F16: ({ buffer, byteOffset, length }) =>
    Float32Array.from(new Uint16Array(buffer, byteOffset, length / 2), halfOf),
  BF16: ({ buffer, byteOffset, length }) =>
    new Float32Array(
      Uint32Array.from(new Uint16Array(buffer, byteOffset, length / 2), (bits) => bits << 16)
        .buffer,
    ),
};

/** The bytes of a tensor, copied unless they begin where an element of their type may. */
function aligned({ bytes, dtype }: StoredTensor): Uint8Array {
  // `bytes.slice()` would not copy the bytes of Node's `Buffer`.
  return bytes.byteOffset % dtypeBytes[dtype] === 0 ? bytes : new Uint8Array(bytes);
}

/** Decodes IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}
