import { onnx } from "./onnx-proto.js";

export type Attribute = onnx.AttributeProto.$Properties;

const { AttributeType } = onnx.AttributeProto;

export function int(name: string, value: number): Attribute {
  return { name, type: AttributeType.INT, i: value };
}

export function ints(name: string, values: readonly number[]): Attribute {
  return { name, type: AttributeType.INTS, ints: [...values] };
}

export function float(name: string, value: number): Attribute {
  return { name, type: AttributeType.FLOAT, f: value };
}

export function floats(name: string, values: readonly number[]): Attribute {
  return { name, type: AttributeType.FLOATS, floats: [...values] };
}

export function string(name: string, value: string): Attribute {
  return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
}
