import { readFileSync } from "node:fs";
import protobuf from "protobufjs";

/** `onnx.proto` as the reader of this project's models sees it. */
export const definition = parse(new URL("../../proto/onnx.proto", import.meta.url));

export function parse(file: string | URL): protobuf.Root {
  return protobuf.parse(readFileSync(file, "utf8"), { keepCase: true }).root;
}

interface DecodedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** As `TensorProto.DataType` numbers them. */
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
  /** Empty for ONNX's own operators. */
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

/** Reads a model by reflection on `onnx.proto`: nothing is shared with the code that writes it. */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const type = definition.lookupType("onnx.ModelProto");
  return type.toObject(type.decode(bytes), {
    longs: Number,
    arrays: true,
    defaults: true,
  }) as DecodedModel;
}
