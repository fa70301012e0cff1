import { halfBits } from "@sebench/weights";
import { onnx } from "./onnx-proto.js";

export type TensorProto = onnx.TensorProto.$Properties;

const { DataType } = onnx.TensorProto;

export const floatType = DataType.FLOAT;
export const halfType = DataType.FLOAT16;

/**
 * Makes a tensor of float32, without a copy of the data. ONNX's `raw_data` is
 * little-endian, as every JavaScript host is.
 */
export function floatTensor(
  name: string,
  dims: readonly number[],
  data: Float32Array,
): TensorProto {
  return tensor(name, dims, DataType.FLOAT, data);
}

/**
 * Makes a tensor of halves, rounded to nearest. Throws an `InputError` that names the tensor
 * if a value is too large.
 */
export function halfTensor(name: string, dims: readonly number[], data: Float32Array): TensorProto {
  return tensor(name, dims, DataType.FLOAT16, halfBits(name, data));
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

/** Makes a vector of int64, such as a shape. */
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
