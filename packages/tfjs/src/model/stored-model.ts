import type { LoweredNetwork } from "@sebench/lowering";
import type { SessionOptions, StoredModel } from "@sebench/runtime";
import { elementCount } from "@sebench/spec";
import type { Forms } from "./forms.ts";
import type { Constant } from "./kernel-writer.ts";
import { encodeModel, type TfjsModel } from "./model.ts";

/** A model without the values of its constants, which lie one after another in a file. */
interface ModelHead extends Omit<TfjsModel, "constants"> {
  readonly constants: readonly (readonly [name: string, shape: readonly number[]])[];
}

/** Encodes a network as the files that a deployment ships: its calls, and its constants' values. */
export function storeModel(
  lowered: LoweredNetwork,
  options: SessionOptions,
  forms: Forms,
): StoredModel {
  const model = encodeModel(lowered, options, forms);
  const bytes = new Uint8Array(model.byteLength);
  let offset = 0;
  for (const { data } of model.constants.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const constants = Array.from(model.constants, ([name, { shape }]) => [name, shape] as const);
  return { head: { ...model, constants } satisfies ModelHead, bytes };
}

/** Reads a model that `storeModel` wrote. Its constants are views of the stored bytes. */
export function restoreModel({ head, bytes }: StoredModel): TfjsModel {
  const { constants, ...rest } = head as ModelHead;
  // A view of floats must start at a multiple of four bytes.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  let offset = aligned.byteOffset;
  const read = ([name, shape]: ModelHead["constants"][number]): [string, Constant] => {
    const data = new Float32Array(aligned.buffer as ArrayBuffer, offset, elementCount(shape));
    offset += data.byteLength;
    return [name, { shape, data }];
  };
  return { ...rest, constants: new Map(constants.map(read)) };
}
