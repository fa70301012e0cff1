import {
  formatNetworkName,
  type Layout,
  parseNetworkName,
  rowOf,
  statesLayout,
  withLayout,
} from "@sebench/spec";
import type { KeyLayout } from "@sebench/weights";

/** The layout in which a network with given weights is run. */
export interface ChosenLayout {
  /** The network's name, with the layout in it. */
  readonly network: string;
  /** What was chosen and why, in words for a person, or null where there was nothing to choose. */
  readonly note: string | null;
}

/** The layout whose models write such keys, or null where models of several layouts write them. */
const layoutOfKeys: Readonly<Record<KeyLayout, Layout | null>> = {
  legacy: "timm-legacy",
  timm: "timm",
  torchvision: "torchvision",
  plain: null,
};

const told: Readonly<Record<KeyLayout, string>> = {
  legacy: "legacy keys",
  timm: "timm's keys",
  torchvision: "torchvision's keys",
  plain: "plain keys",
};

/**
 * Chooses the layout that is asked for or that the network's name states, or else the one that the
 * keys of the weights imply. Strides and pools leave no trace in a file.
 *
 * @param asked the layout that a flag of its own names
 */
export function chooseLayout(
  name: string,
  keys: KeyLayout,
  asked: string | null = null,
): ChosenLayout {
  const parsed = parseNetworkName(asked === null ? name : withLayout(name, asked));
  const network = formatNetworkName(parsed);
  const { model, layout } = parsed;
  const implied = layoutOfKeys[keys];
  if (asked !== null || statesLayout(name)) {
    const conflict = implied !== null && implied !== layout;
    return { network, note: conflict ? `${told[keys]}, but layout=${layout} is asked for` : null };
  }
  const { layouts } = rowOf(model);
  if (layouts.length === 1) return { network, note: null };
  const known = implied !== null && layouts.includes(implied);
  const chosen = known ? implied : layout;
  return { network: withLayout(network, chosen), note: `${told[keys]}, so layout=${chosen}` };
}
