import { buildNetwork } from "@sebench/spec";
import { expect, test } from "vitest";
import { searchSpace } from "./search-space.ts";

const best = "2-3:squeeze-fold+scale-fold/4-5:squeeze-fold+gate-resize";
const options = { naive: "gemm", best, nchwc: false, batch: 1 };
const space = searchSpace(buildNetwork("se-resnet50", { imageSize: 64 }), options);

test("the best known recipe comes first, then whole networks in one pass each", () => {
  expect(space.openings).toEqual([
    best,
    "conv1x1",
    "squeeze-pushdown",
    "squeeze-fold",
    "reduce-mean",
    "gate-resize",
    "squeeze-fold+scale-fold",
    "residual-conv",
  ]);
});

test("a stage is varied by a pass more or less, and by the forms of other stages", () => {
  expect(space.variants("5:gate-resize/squeeze-fold", 5).toSorted()).toEqual(
    [
      "squeeze-fold",
      "2-4:squeeze-fold/5:conv1x1",
      "2-4:squeeze-fold/5:squeeze-pushdown+gate-resize",
      "2-4:squeeze-fold/5:squeeze-fold+gate-resize",
      "2-4:squeeze-fold/5:reduce-mean+gate-resize",
      "2-4:squeeze-fold/5:squeeze-fold+scale-fold",
      "2-4:squeeze-fold/5:gate-resize+residual-conv",
      "2-4:squeeze-fold/5:gate-resize+gemm",
    ].toSorted(),
  );
});

test("all stages are varied at once by a pass more or less in each", () => {
  expect(space.variants(best, null)).toContain("2-3:squeeze-fold/4-5:squeeze-fold+scale-fold");
  expect(space.variants(best, null)).toContain(
    "2-3:squeeze-fold+scale-fold+gemm/4-5:squeeze-fold+gate-resize+gemm",
  );
});

test("what does not apply is left out: at batch 2, weights cannot be scaled", () => {
  const network = buildNetwork("se-resnet50", { imageSize: 64 });
  const { openings } = searchSpace(network, { ...options, best: "gemm", batch: 2 });
  expect(openings.filter((recipe) => recipe.includes("scale-fold"))).toEqual([]);
});

test("a layout is tried where the runtime has it, and taken back", () => {
  const network = buildNetwork("se-resnet50", { imageSize: 64 });
  const { variants } = searchSpace(network, { ...options, nchwc: true });
  expect(variants("gemm", null)).toContain("nchwc/gemm");
  expect(variants("nchwc/gemm", null)).toContain("gemm");
  expect(space.variants("gemm", null)).not.toContain("nchwc/gemm");
});

test("a network of one stage less has a space of its own", () => {
  const { stages } = searchSpace(buildNetwork("se-resnet8"), { ...options, best: "gemm" });
  expect(stages).toEqual([2, 3, 4]);
});
