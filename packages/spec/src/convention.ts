import type { Layout, ModelRow } from "./model-table.ts";
import type { WidthRounding } from "./se.ts";

/** What a layout decides, for a row with or without groups. */
export interface Convention {
  /** Which convolution of a bottleneck has the stride. */
  readonly stride: "conv1" | "conv2";
  /** `padded`: 3x3/2, pad 1. `ceil`: 3x3/2, pad 0, and the last window may hang over. */
  readonly pool: "padded" | "ceil";
  readonly rounding: WidthRounding;
  /** timm's legacy SE-ResNet-18 and -34 have a ReLU between the last batch norm and SE. */
  readonly reluBeforeSe: boolean;
}

export function conventionOf(layout: Layout, row: ModelRow): Convention {
  const grouped = row.family === "resnet" && row.groups > 1;
  switch (layout) {
    case "torchvision":
    case "paper":
      return { stride: "conv2", pool: "padded", rounding: "floor", reluBeforeSe: false };
    case "timm":
      return { stride: "conv2", pool: "padded", rounding: "divisible-by-8", reluBeforeSe: false };
    case "timm-legacy":
      // The release strides the first 1x1 of SE-ResNet, but the 3x3 of SE-ResNeXt and SENet-154.
      return {
        stride: grouped ? "conv2" : "conv1",
        pool: "ceil",
        rounding: "floor",
        reluBeforeSe: true,
      };
  }
}
