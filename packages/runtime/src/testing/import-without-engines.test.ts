import { expect, it } from "vitest";
import { importWithoutEngines } from "./import-without-engines.ts";

it("says which module loads an engine", async () => {
  const module = new URL("data:text/javascript,import 'onnxruntime-node'");
  await expect(importWithoutEngines(module)).rejects.toThrow(
    "onnxruntime-node is loaded by data:text/javascript",
  );
});
