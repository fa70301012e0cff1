import type { Forms } from "../model/forms.ts";

const inBrowser: Forms = {
  grouped: "split",
  squeeze: "reduce",
  dense: "conv",
  fusion: "fused",
  pads: "pool",
};
const inTensorflow: Forms = { ...inBrowser, dense: "mat-mul", fusion: "separate", pads: "pad" };

const groupedForms = [
  "split",
  "split-in-8",
  "block-diagonal",
  "depthwise-sum",
  "depthwise-avg-pool",
  "depthwise-conv",
] as const satisfies readonly Forms["grouped"][];

/** Every form of grouped convolutions, with the other forms of browsers and of libtensorflow. */
export const everyGrouped: readonly Forms[] = groupedForms.flatMap((grouped) => [
  { ...inBrowser, grouped },
  { ...inTensorflow, grouped },
]);

/** Every form of squeezes, with the other forms of browsers and of libtensorflow. */
export const everySqueeze: readonly Forms[] = (["reduce", "pool", "pool-twice"] as const).flatMap(
  (squeeze) => [
    { ...inBrowser, squeeze },
    { ...inTensorflow, squeeze },
  ],
);

/** Every form of dense layers, with the other forms of browsers and of libtensorflow. */
export const everyOther: readonly Forms[] = [
  inBrowser,
  inTensorflow,
  { ...inBrowser, dense: "mat-mul" },
  { ...inTensorflow, dense: "conv" },
];
