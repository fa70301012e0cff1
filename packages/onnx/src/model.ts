import protobuf from "protobufjs/minimal.js";
import { onnx } from "./onnx-proto.js";
import type { TensorProto } from "./tensor-proto.ts";

/** A model without its initializers. */
export interface ModelFrame extends onnx.ModelProto.$Properties {
  readonly graph: onnx.GraphProto.$Properties;
}

/** Tag of `ModelProto.graph`: field 7, length-delimited. */
const graphTag = (7 << 3) | 2;

/** Room for an initializer's name, dimensions and tags, in bytes. */
const headerBytes = 256;

/**
 * Writes a model into one buffer, taking the initializers one by one: each may
 * be made when it is asked for and forgotten once it is written. (A repeated
 * field may come in pieces, so that each is written as a `GraphProto` that has
 * nothing else.) `dataBytes` and `count` tell how much of them to expect; the
 * result is a view of a buffer that is slightly larger.
 */
export function writeModel(
  { graph, ...model }: ModelFrame,
  initializers: Iterable<TensorProto>,
  expected: { readonly count: number; readonly dataBytes: number },
): Uint8Array {
  const frameBytes = onnx.ModelProto.encode({ ...model, graph }).pos;
  const writer = new protobuf.Writer();
  // A writer doubles a full buffer, which would take two and a half times the model's size.
  writer.buf = new Uint8Array(frameBytes + expected.count * headerBytes + expected.dataBytes);
  onnx.ModelProto.encode(model, writer).uint32(graphTag).fork();
  onnx.GraphProto.encode(graph, writer);
  for (const tensor of initializers) onnx.GraphProto.encode({ initializer: [tensor] }, writer);
  return writer.ldelim().finish(true);
}
