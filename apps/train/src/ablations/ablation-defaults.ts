/** What the ablations are trained with where no flag says otherwise; the rest as any network is. */
export const ablationDefaults = {
  /** The first so many training images: 100 batches of 128. */
  subset: 12_800,
  epochs: 4,
  seeds: 3,
  evaluate: "last-epoch",
  out: "results/ablations",
} as const;
