import {
  formatNetworkName,
  type Layout,
  modelNames,
  parseNetworkName,
  rowOf,
  seNameOf,
  withLayout,
} from "@sebench/spec";
import type { KeyLayout } from "@sebench/weights";

/** The layout that weights are run in. */
export interface ChosenLayout {
  /** The network's name, in that layout. */
  readonly network: string;
  /** What was chosen and why, for a person; null where there was nothing to choose. */
  readonly note: string | null;
}

/** The layout whose models write such keys; null where models of several do. */
const layoutOfKeys: Readonly<Record<KeyLayout, Layout | null>> = {
  legacy: "timm-legacy",
  timm: "timm",
  plain: null,
};

const told: Readonly<Record<KeyLayout, string>> = {
  legacy: "legacy keys",
  timm: "timm's keys",
  plain: "keys without SE",
};

/**
 * The layout that is asked for or that a network's name states, or else the one that the
 * keys of its weights imply. Strides and pools leave no trace in a file.
 *
 * @param asked by a flag of its own
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

/** timm's and Cadene's names state one too. A parsed name does not tell: it has one by default. */
function statesLayout(name: string): boolean {
  const [bare = ""] = name.trim().split("{");
  const ours = modelNames.some((model) => bare === model || bare === seNameOf(model));
  return !ours || /[{,]\s*layout\s*=/.test(name);
}
