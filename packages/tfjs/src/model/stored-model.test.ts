import { lower } from "@sebench/lowering";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { expect, test } from "vitest";
import { formsOf } from "./forms.ts";
import { encodeModel } from "./model.ts";
import { restoreModel, storeModel } from "./stored-model.ts";

const network = buildNetwork("se-resnet8", { imageSize: 28 });
const lowered = lower(network, seededWeights(network, 1), "gemm");
const options = { batch: 2, precision: "fp32" } as const;
const forms = formsOf["tfjs-web/wasm"];
const stored = storeModel(lowered, options, forms);

test("a model that goes through files is the model that was encoded", () => {
  const head = JSON.parse(JSON.stringify(stored.head)) as unknown;
  expect(restoreModel({ head, bytes: stored.bytes })).toEqual(encodeModel(lowered, options, forms));
});

test("its bytes may lie anywhere in a buffer", () => {
  const buffer = new Uint8Array(stored.bytes.length + 1);
  buffer.set(stored.bytes, 1);
  const restored = restoreModel({ head: stored.head, bytes: buffer.subarray(1) });
  expect(restored.constants).toEqual(restoreModel(stored).constants);
});
