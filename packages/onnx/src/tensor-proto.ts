import { onnx } from "./onnx-proto.js";

export type TensorProto = onnx.TensorProto.$Properties;

export const floatType = onnx.TensorProto.DataType.FLOAT;

/** The data is not copied. ONNX's `raw_data` is little-endian, as every JavaScript host is. */
export function floatTensor(
  name: string,
  dims: readonly number[],
  data: Float32Array,
): TensorProto {
  return { name, dims: [...dims], dataType: floatType, rawData: bytesOf(data) };
}

/** A vector of int64, such as a shape. */
export function int64Tensor(name: string, values: readonly number[]): TensorProto {
  const data = BigInt64Array.from(values, BigInt);
  return {
    name,
    dims: [values.length],
    dataType: onnx.TensorProto.DataType.INT64,
    rawData: bytesOf(data),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
