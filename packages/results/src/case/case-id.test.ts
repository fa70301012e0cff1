import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { caseId, parseCaseId } from "./case-id.ts";

const id = "onnxruntime-node/cpu|node|se-resnet50{r=8,squeeze=max}|224|b16|fp32|gemm";
const parts = {
  runtime: "onnxruntime-node/cpu",
  host: "node",
  network: "se-resnet50{r=8,squeeze=max}",
  imageSize: 224,
  batch: 16,
  precision: "fp32",
  lowering: "gemm",
};

test("a case's id lists its parts in order", () => {
  expect(caseId(parts)).toBe(id);
});

test("the parts of a case are read back from its id", () => {
  expect(parseCaseId(id)).toEqual(parts);
  const other = { ...parts, lowering: "gemm/activation=clip" };
  expect(parseCaseId(caseId(other))).toEqual(other);
});

test.each([
  ["a missing part", "onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32"],
  ["a runtime without a device", "onnxruntime-node|node|se-resnet50|224|b1|fp32|gemm"],
  ["a batch of none", "onnxruntime-node/cpu|node|se-resnet50|224|b0|fp32|gemm"],
  ["a size in words", "onnxruntime-node/cpu|node|se-resnet50|large|b1|fp32|gemm"],
  ["a part too many", `${id}|again`],
])("an id with %s is refused", (_, wrong) => {
  expect(() => parseCaseId(wrong)).toThrow(InputError);
});
