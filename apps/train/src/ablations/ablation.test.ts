import { expect, test } from "vitest";
import { ablationNetworks, ablations } from "./ablation.ts";

// The settings are those of tables 10 to 16 of SENet v4.
test("the networks are the paper's settings, without SE and with the standard one first", () => {
  expect(ablationNetworks()).toEqual([
    "resnet8",
    "se-resnet8",
    "se-resnet8{r=2}",
    "se-resnet8{r=4}",
    "se-resnet8{r=8}",
    "se-resnet8{squeeze=max}",
    "se-resnet8{gate=relu}",
    "se-resnet8{gate=tanh}",
    "se-resnet8{stages=2}",
    "se-resnet8{stages=3}",
    "se-resnet8{stages=4}",
    "se-resnet8{place=pre}",
    "se-resnet8{place=post}",
    "se-resnet8{place=identity}",
    "se-resnet8{place=conv3x3}",
    "se-resnet8{squeeze=none}",
  ]);
});

test("r=32 is the only setting that ResNet-8 cannot have: stage 2 has 16 channels", () => {
  const obstacles = ablations().filter(({ obstacle }) => obstacle !== null);
  expect(obstacles.map(({ network }) => network)).toEqual(["se-resnet8{r=32}"]);
  expect(obstacles[0]!.obstacle).toMatch(/r=32 leaves no channel of the 16 in stage 2/);
});
