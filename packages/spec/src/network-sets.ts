import { InputError } from "./error/input-error.ts";
import { type ModelName, modelNames, rowOf } from "./families/model-table.ts";
import { seNameOf } from "./network/base-name.ts";
import { isAblation, publishedRows } from "./paper/published-rows.ts";

/** A list of networks that has a name. */
interface NetworkSet {
  readonly purpose: string;
  /** The names of the set's networks, each the member with SE of its pair. */
  networks(): readonly string[];
}

const mobile = ["se-mobilenet-v1", "se-shufflenet-v1-g3"];
const cifar = ["se-preact-resnet110", "se-preact-resnet164", "se-wrn-16-8"];

const networkSets = {
  quick: {
    purpose: "one network for each order of magnitude of work",
    networks: () => ["se-resnet8", "se-resnet18", "se-resnet50"],
  },
  paper: {
    purpose: "the paper's tables 2, 3, 4 and 8, without Shake-Shake",
    networks: () => [...tableTwo().map(({ network }) => network), ...mobile, "senet154", ...cifar],
  },
  mobile: { purpose: "the paper's table 3", networks: () => mobile },
  deployed: {
    purpose: "networks in products, published with SE: MobileNetV3, EfficientNet and their kin",
    networks: () => modelNames.filter(isDeployed).map(seNameOf),
  },
  cifar: {
    purpose: "the paper's tables 4 and 5, without Shake-Shake, for 32 px images",
    networks: () => cifar,
  },
  ablation: {
    purpose: "the paper's tables 10 to 16, and SE dropped in the last stage",
    networks: () =>
      [
        ...new Set([
          ...publishedRows.filter(isAblation).map(({ network }) => network),
          "se-resnet50{stages=2+3+4,bias=false}",
        ]),
      ].filter((network) => network !== "resnet50"),
  },
  board: {
    purpose: "those of the page that anybody may open, whose measurements make the board",
    networks: () => ["se-resnet8", "mobilenet-v3-large", mobile[0]!, "se-resnet18", "se-resnet50"],
  },
  all: {
    purpose: "every network that list shows",
    networks: () => modelNames.map(seNameOf),
  },
} as const satisfies Readonly<Record<string, NetworkSet>>;

/** Whether libraries publish a network with SE under a name of its own. */
function isDeployed(model: ModelName): boolean {
  const { published, seName } = rowOf(model);
  return published !== undefined && seName !== undefined;
}

function tableTwo() {
  return publishedRows.filter(({ table, network }) => table === 2 && network.startsWith("se-"));
}

export type NetworkSetName = keyof typeof networkSets;

export const networkSetNames = Object.keys(networkSets) as readonly NetworkSetName[];

/** The purpose of a set, in a few words. */
export function purposeOf(name: NetworkSetName): string {
  return networkSets[name].purpose;
}

/** The networks of a set, each the member with SE of its pair. Throws an `InputError` for an unknown set. */
export function networksOf(name: string): readonly string[] {
  if (Object.hasOwn(networkSets, name)) return networkSets[name as NetworkSetName].networks();
  throw new InputError(`there is no set of networks "${name}"`, {
    remedy: `choose from ${networkSetNames.join(", ")}`,
  });
}
