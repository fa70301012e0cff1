import { InputError } from "@sebench/spec";
import { float16Bits, isInfiniteHalf, largestHalf } from "./float16.ts";
import { onnx } from "./onnx-proto.js";

export type TensorProto = onnx.TensorProto.$Properties;

const { DataType } = onnx.TensorProto;

export const floatType = DataType.FLOAT;
export const halfType = DataType.FLOAT16;

/** The data is not copied. ONNX's `raw_data` is little-endian, as every JavaScript host is. */
export function floatTensor(
  name: string,
  dims: readonly number[],
  data: Float32Array,
): TensorProto {
  return tensor(name, dims, DataType.FLOAT, data);
}

/** Rounded to nearest. Throws an `InputError` that names the tensor where a value is too large. */
export function halfTensor(name: string, dims: readonly number[], data: Float32Array): TensorProto {
  const bits = float16Bits(data);
  const at = bits.findIndex(isInfiniteHalf);
  if (at !== -1) {
    throw new InputError(`${name} holds ${data[at]}, and fp16 ends at ${largestHalf}`, {
      remedy: "export at fp32, or give weights that stay below that",
    });
  }
  return tensor(name, dims, DataType.FLOAT16, bits);
}

export function uint8Tensor(name: string, dims: readonly number[], data: Uint8Array): TensorProto {
  return tensor(name, dims, DataType.UINT8, data);
}

export function int8Tensor(name: string, dims: readonly number[], data: Int8Array): TensorProto {
  return tensor(name, dims, DataType.INT8, data);
}

export function int32Tensor(name: string, dims: readonly number[], data: Int32Array): TensorProto {
  return tensor(name, dims, DataType.INT32, data);
}

/** A vector of int64, such as a shape. */
export function int64Tensor(name: string, values: readonly number[]): TensorProto {
  return tensor(name, [values.length], DataType.INT64, BigInt64Array.from(values, BigInt));
}

function tensor(
  name: string,
  dims: readonly number[],
  dataType: onnx.TensorProto.DataType,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): TensorProto {
  const rawData = new Uint8Array(buffer, byteOffset, byteLength);
  return { name, dims: [...dims], dataType, rawData };
}
