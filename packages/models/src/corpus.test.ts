import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testsAll } from "@sebench/reference/testing";
import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { readModel } from "./graph/read-model.ts";
import { inspectModel } from "./inspect/inspect-model.ts";
import { rewriteNames } from "./rewrite/pass-names.ts";
import { rewriteModel } from "./rewrite/passes.ts";
import { parseInputSizes } from "./shapes/infer.ts";
import { fetchOcrModels, withExport, withWeights } from "./testing/real-files.ts";
import { ramps, runOnnx } from "./testing/run-onnx.ts";
import { writeTwin } from "./twin/cut-blocks.ts";
import { writeModel } from "./twin/write-model.ts";

/** Names of models, their SE blocks, and the sizes that they are run with; the covering ones first. */
const corpus: readonly (readonly [string, number, readonly number[]])[] = [
  ["classifier", 9, [1, 3, 48, 192]],
  ["detection", 10, [1, 3, 64, 64]],
  ["mobilenet_v3_small-17-free", 9, [1, 3, 64, 64]],
  ["regnet_y_400mf-13", 16, [1, 3, 224, 224]],
  ["recognition", 2, [1, 3, 48, 64]],
  ["mobilenet_v3_small-11", 9, [1, 3, 224, 224]],
  ["mobilenet_v3_large-17", 8, [1, 3, 224, 224]],
  ["efficientnet_b0-17", 16, [1, 3, 224, 224]],
  ["lraspp_mobilenet_v3_large-17", 9, [1, 3, 320, 320]],
  ["deeplabv3_mobilenet_v3_large-17", 8, [1, 3, 224, 224]],
  ["resnet18-17", 0, [1, 3, 224, 224]],
  ["mobilenet_v2-11", 0, [1, 3, 224, 224]],
  ["shufflenet_v2_x0_5-17", 0, [1, 3, 224, 224]],
  ["squeezenet1_1-17", 0, [1, 3, 224, 224]],
  ["densenet121-17", 0, [1, 3, 224, 224]],
];
const covering = 4;

/** The longest that the reader may take on a busy machine, a multiple of what it takes alone, in ms. */
const readerMs = 5000;

/** Strokes as of letters, for which detection answers, as it does for no noise. */
function strokes(dims: readonly number[]): Float32Array {
  const [height, width] = dims.slice(2) as [number, number];
  return Float32Array.from({ length: 3 * height * width }, (_, at) => {
    const [line, column] = [Math.floor(at / width) % height, at % width];
    const isInk = line > height / 3 && line < height / 2 && (column >> 2) % 2 === 1;
    return isInk ? -2 : 2;
  });
}

/** Uses a model of the corpus as a file in a folder of its own. */
async function withModel(name: string, use: (path: string, folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), "sebench-corpus-"));
  const path = join(folder, "model.onnx");
  try {
    if (["classifier", "detection", "recognition"].includes(name)) {
      copyFileSync((await fetchOcrModels())[name as "classifier"], path);
    } else await withExport(name, (from) => withWeights(from, path, 1));
    await use(path, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("blocks, twin, reader's time and the outputs of rewritten files hold for", () => {
  test.each(testsAll ? corpus : corpus.slice(0, covering))(
    "%s with %i blocks",
    async (name, count, dims) => {
      await withModel(name, async (path, folder) => {
        const began = performance.now();
        const { blocks, inputs } = inspectModel(path);
        expect(performance.now() - began).toBeLessThan(readerMs);
        expect(blocks).toHaveLength(count);
        if (count > 0) {
          const twin = join(folder, "twin.onnx");
          expect(writeTwin(path, twin).cut).toBe(count);
          await (await ort.InferenceSession.create(twin, { logSeverityLevel: 3 })).release();
        }
        const data = name === "detection" ? strokes(dims) : ramps(dims);
        const right = await runOnnx(path, dims, data);
        const sizes = parseInputSizes([`${inputs[0]!.name}=${dims.join("x")}`]);
        let model = readModel(path);
        for (const [place, pass] of rewriteNames.entries()) {
          const { model: rewritten, done } = rewriteModel(model, pass, sizes);
          if (done.length === 0) continue;
          model = rewritten;
          const to = join(folder, `${place}.onnx`);
          writeModel(model, to);
          const own = await runOnnx(to, dims, data);
          const greatest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          const apart = own.reduce(
            (most, value, at) => Math.max(most, Math.abs(value - right[at]!)),
            0,
          );
          expect([pass, greatest > 0, own.length, apart < 1e-4 * greatest]).toEqual([
            pass,
            true,
            right.length,
            true,
          ]);
        }
      });
    },
    120_000,
  );
});
