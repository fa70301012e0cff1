import type { Forms } from "../forms.ts";

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

/** Every form of each kind, with those that browsers and with those that libtensorflow has. */
export const everyGrouped: readonly Forms[] = groupedForms.flatMap((grouped) => [
  { ...inBrowser, grouped },
  { ...inTensorflow, grouped },
]);
export const everySqueeze: readonly Forms[] = (["reduce", "pool", "pool-twice"] as const).flatMap(
  (squeeze) => [
    { ...inBrowser, squeeze },
    { ...inTensorflow, squeeze },
  ],
);
export const everyOther: readonly Forms[] = [
  inBrowser,
  inTensorflow,
  { ...inBrowser, dense: "mat-mul" },
  { ...inTensorflow, dense: "conv" },
];
