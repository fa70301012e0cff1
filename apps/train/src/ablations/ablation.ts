import {
  buildNetwork,
  formatNetworkName,
  InputError,
  isAblation,
  parseNetworkName,
  type PublishedRow,
  publishedRows,
} from "@sebench/spec";

/** The plain network of the pair that the ablations are trained on here. */
const plain = "resnet8";
/** The network that every other one is compared with: r=16, avg, sigmoid, standard place, all stages. */
export const standardNetwork = "se-resnet8";

/** One setting of one of the paper's ablations, all of ResNet-50, and its counterpart here. */
export interface Ablation {
  readonly published: PublishedRow;
  /** The name of the paper's network with ResNet-8 in place of ResNet-50, and with the biases that are the default. */
  readonly network: string;
  /** Why there is no such network, or null where there is one. */
  readonly obstacle: string | null;
}

/** Every row of the paper's tables 10 to 16, in their order. */
export function ablations(): Ablation[] {
  return publishedRows.filter(isAblation).map((published) => {
    const network = smallNameOf(published);
    return { published, network, obstacle: obstacleOf(network) };
  });
}

/** The networks that can be trained, without SE and with the standard one first. */
export function ablationNetworks(): string[] {
  const possible = ablations().filter(({ obstacle }) => obstacle === null);
  return [...new Set([plain, standardNetwork, ...possible.map(({ network }) => network)])];
}

function smallNameOf({ network }: PublishedRow): string {
  const { se } = parseNetworkName(network);
  return formatNetworkName({
    ...parseNetworkName(plain),
    se: se === null ? null : { ...se, bias: true },
  });
}

function obstacleOf(network: string): string | null {
  try {
    buildNetwork(network);
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** What the ablations are trained with where no flag says otherwise. All else is as for any network. */
export const ablationDefaults = {
  imageSize: 28,
  /** The number of training images, the first ones: 100 batches of 64. */
  subset: 6400,
  batch: 64,
  /** Half of the usual rate, as the batch is half of the usual one. */
  rate: 0.05,
  epochs: 4,
  seeds: 3,
  evaluate: "last-epoch",
  out: "results/ablations",
} as const;
