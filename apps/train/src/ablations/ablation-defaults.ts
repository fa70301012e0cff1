/** What the ablations are trained with where no flag says otherwise; the rest as any network is. */
export const ablationDefaults = {
  imageSize: 28,
  /** The first so many training images: 100 batches of 64. */
  subset: 6400,
  batch: 64,
  /** Half of the usual rate, as the batch is. */
  rate: 0.05,
  epochs: 4,
  seeds: 3,
  evaluate: "last-epoch",
  out: "results/ablations",
} as const;
