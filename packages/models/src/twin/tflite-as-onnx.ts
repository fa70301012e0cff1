import { InputError } from "@sebench/spec";
import protobuf from "protobufjs/minimal.js";
import type { Model, Node, Value } from "../graph/model.ts";
import { encodeContent, encodeTensor } from "./write-model.ts";
import { readTfliteModel } from "../tflite/read-tflite-model.ts";

/**
 * Writes a TensorFlow Lite model as ONNX, operator by operator: a reference that another engine runs.
 * Inputs, outputs and their layout are those of the file.
 *
 * @throws InputError that names the first operator which is not written here
 */
export function tfliteAsOnnx(path: string): Uint8Array {
  const { model, unwritten, tensors } = readTfliteModel(path);
  if (unwritten !== null) {
    const title = tensors[unwritten.outputs[0] ?? -1]?.name ?? "";
    throw new InputError(
      `the operator ${unwritten.name} ${title} is not written in ONNX's, so nothing tells whether outputs are right`,
      { remedy: "export the model as ONNX, too, and measure that" },
    );
  }
  return encodeModel(model);
}

function encodeModel({ irVersion, opsets, graph }: Model): Uint8Array {
  const writer = protobuf.Writer.create().uint32(8).int64(irVersion);
  const own = protobuf.Writer.create();
  for (const node of graph.nodes) own.uint32(10).bytes(encodeNode(node));
  own.uint32(18).string(graph.name);
  for (const constant of graph.constants) own.uint32(42).bytes(encodeTensor(constant));
  for (const value of graph.inputs) own.uint32(90).bytes(encodeValue(value));
  for (const value of graph.outputs) own.uint32(98).bytes(encodeValue(value));
  writer.uint32(58).bytes(own.finish());
  for (const [domain, version] of opsets) {
    const opset = protobuf.Writer.create().uint32(10).string(domain).uint32(16).int64(version);
    writer.uint32(66).bytes(opset.finish());
  }
  return writer.finish();
}

/** Writes a NodeProto without a name, which several nodes that stand for one operator would share. */
function encodeNode({ op, inputs, outputs, attributes }: Node): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const input of inputs) writer.uint32(10).string(input);
  for (const output of outputs) writer.uint32(18).string(output);
  writer.uint32(34).string(op);
  for (const [key, attribute] of attributes) {
    const own = protobuf.Writer.create().uint32(10).string(key);
    encodeContent(own, attribute);
    writer.uint32(42).bytes(own.finish());
  }
  return writer.finish();
}

/** A ValueInfoProto. */
function encodeValue({ name, type, dims }: Value): Uint8Array {
  const shape = protobuf.Writer.create();
  for (const dim of dims ?? []) {
    const own = protobuf.Writer.create();
    if (typeof dim === "number") own.uint32(8).int64(dim);
    shape.uint32(10).bytes(own.finish());
  }
  const tensor = protobuf.Writer.create().uint32(8).int32(type);
  tensor.uint32(18).bytes(shape.finish());
  const about = protobuf.Writer.create().uint32(10).bytes(tensor.finish());
  return protobuf.Writer.create().uint32(10).string(name).uint32(18).bytes(about.finish()).finish();
}
