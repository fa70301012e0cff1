import type { SeOptions } from "../se/options.ts";

/**
 * The published ways to build the same row, which differ in strides, pools, padding, epsilon and
 * rounding. `timm-tf` is the layout of timm's models with weights from TensorFlow, `tf_*`.
 * `paper` is the layout of rows whose weights nobody published.
 */
export const layouts = ["torchvision", "timm", "timm-legacy", "timm-tf", "paper"] as const;
export type Layout = (typeof layouts)[number];

/** What every row of the table has, whatever its family. */
export interface Row {
  /** The height and width of an image in pixels. */
  readonly imageSize: number;
  readonly classes: number;
  /** The layouts that the row is published in; the first is the default of a name. */
  readonly layouts: readonly [Layout, ...Layout[]];
  /** The name of the member with SE; default: `se-` and the plain name. */
  readonly seName?: string;
  /** The options of SE in which the row differs from the paper's. */
  readonly se?: Partial<SeOptions>;
  /**
   * The names by which libraries know the row, by layout. They are of the member with SE if the
   * row has a `seName`, else of the plain one.
   */
  readonly published?: Readonly<Partial<Record<Layout, string>>>;
  /** The article, and the table in it, that the row comes from. */
  readonly source: string;
}

export interface StagedRow extends Row {
  /** The number of blocks (for `vgg`, of convolutions) in each stage. */
  readonly blocks: readonly number[];
}
