import { readFileSync } from "node:fs";
import protobuf from "protobufjs";

/** The definition by which tests read this project's models. */
export const definition = parse(new URL("../../proto/onnx.proto", import.meta.url));

export function parse(file: string | URL): protobuf.Root {
  return protobuf.parse(readFileSync(file, "utf8"), { keepCase: true }).root;
}

interface DecodedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** The number that `TensorProto.DataType` has for the type. */
  readonly data_type: number;
  readonly raw_data: Uint8Array;
}

interface DecodedValue {
  readonly name: string;
  readonly type: {
    readonly tensor_type: {
      readonly elem_type: number;
      readonly shape: { readonly dim: readonly { dim_value: number }[] };
    };
  };
}

interface DecodedNode {
  readonly name: string;
  readonly op_type: string;
  /** The domain of the operator, which is empty for ONNX's own. */
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly { readonly name: string; readonly s: Uint8Array }[];
}

export interface DecodedModel {
  readonly doc_string: string;
  readonly opset_import: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
  readonly producer_name: string;
  readonly producer_version: string;
  readonly graph: {
    readonly name: string;
    readonly node: readonly DecodedNode[];
    readonly initializer: readonly DecodedTensor[];
    readonly input: readonly DecodedValue[];
    readonly output: readonly DecodedValue[];
  };
}

/** Reads a model by reflection on `onnx.proto`, without any of the code that writes models. */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const type = definition.lookupType("onnx.ModelProto");
  return type.toObject(type.decode(bytes), {
    longs: Number,
    arrays: true,
    defaults: true,
  }) as DecodedModel;
}
