import { buildNetwork } from "@sebench/spec";
import { describe, expect, it } from "vitest";
import { formsOfStage, stagesWithSe, withStage } from "./lower.ts";
import { combinations, formatLowering, parseLowering } from "./recipe.ts";

describe("a recipe", () => {
  it.each([
    ["gemm", "gemm"],
    ["gate-resize+squeeze-fold", "squeeze-fold+gate-resize"],
    ["squeeze-fold+conv1x1", "squeeze-fold"],
    ["5:gemm/2-4:squeeze-fold+scale-fold", "2-4:squeeze-fold+scale-fold/5:gemm"],
    ["2:gemm/3:gemm/5:gemm", "2-3:gemm/5:gemm"],
    ["gemm/3:conv1x1", "3:conv1x1/gemm"],
    ["squeeze-fold/nchwc", "nchwc/squeeze-fold"],
    ["gemm/activation=clip/nchwc", "nchwc/activation=clip/gemm"],
    ["activation=hard-sigmoid", "activation=hard-sigmoid"],
    ["activation=hard-swish/gemm", "gemm"],
    ["activation=hard-swish", "conv1x1"],
  ])("%s is printed as %s", (text, canonical) => {
    expect(formatLowering(parseLowering(text))).toBe(canonical);
    expect(formatLowering(parseLowering(canonical))).toBe(canonical);
  });

  it.each([
    ["fold", 'there is no lowering "fold"'],
    ["2:gemm/3:fold", 'there is no lowering "fold", as in "2:gemm/3:fold"'],
    ["", 'there is no lowering ""'],
    ["gate-resize+scale-fold", "has gate-resize and scale-fold, which exclude each other"],
    ["2-3:gemm/3:conv1x1", "writes stage 3 in two ways"],
    ["gemm/conv1x1", "writes the stages that no part names in two ways"],
    ["4-2:gemm", 'has no stages in "4-2"'],
    ["two:gemm", 'has no stages in "two"'],
    ["nchwc/nchwc/gemm", "names nchwc twice"],
    ["activation=clip/activation=clip", "writes hard-swish in two ways"],
    ["activation=relu/gemm", 'there is no form "activation=relu" of hard-swish'],
  ])("%s is refused: %s", (text, message) => {
    expect(() => parseLowering(text)).toThrow(message);
  });
});

// The choices, counted by hand with none among them, are 3 of squeeze, 2 of pool, 3 of scale, 2 of residual and 2 of excite.
it("there are 96 forms of a block, each known once", () => {
  expect(combinations).toHaveLength(96);
  expect(new Set(combinations.map((passes) => passes.join())).size).toBe(96);
  expect(combinations[0]).toEqual(["conv1x1"]);
});

describe("the forms of a stage", () => {
  it("are those that apply to it", () => {
    const forms = formsOfStage(buildNetwork("se-resnet50", { imageSize: 64 }), 3);
    expect(forms).toContain("squeeze-fold+scale-fold");
    expect(forms).toContain("squeeze-fold+gate-resize+residual-conv+gemm");
    expect(forms).not.toContain("scale-fold");
    expect(forms).not.toContain("squeeze-fold+scale-fold+residual-conv");
  });

  it("hold no scaled weights for a batch", () => {
    const network = buildNetwork("se-resnet50", { imageSize: 64 });
    const forms = formsOfStage(network, 3, { batch: 8 });
    expect(forms.filter((form) => form.includes("scale-fold"))).toEqual([]);
  });

  it("hold no squeeze pushed down where a 3x3 convolution is before it", () => {
    const forms = formsOfStage(buildNetwork("se-resnet20"), 2);
    expect(forms.filter((form) => /squeeze-(fold|pushdown)/.test(form))).toEqual([]);
    expect(forms).toContain("gate-resize+residual-conv");
  });
});

describe("one stage in another form", () => {
  const network = buildNetwork("se-resnet50{stages=2+4}", { imageSize: 64 });

  it("leaves the others as they were", () => {
    expect(stagesWithSe(network)).toEqual([2, 4]);
    expect(withStage(network, "gemm", 4, "squeeze-fold")).toBe("2:gemm/4:squeeze-fold");
    expect(withStage(network, "nchwc/gemm", 2, "conv1x1")).toBe("nchwc/2:conv1x1/4:gemm");
  });

  it("is written short where all are alike again", () => {
    expect(withStage(network, "2:gemm/4:squeeze-fold", 4, "gemm")).toBe("gemm");
  });
});
