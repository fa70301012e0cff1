import {
  formatNetworkName,
  InputError,
  type Layout,
  parseNetworkName,
  rowOf,
  statedLayouts,
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

const keysIn: Readonly<Record<KeyLayout, string>> = {
  legacy: "legacy keys",
  timm: "timm's keys",
  torchvision: "torchvision's keys",
  plain: "plain keys",
};

/** A file of weights, as far as it tells the layout of its models. */
export interface LayoutEvidence {
  readonly keys: KeyLayout;
  /** The path of the file, which may name a model of a library. */
  readonly path?: string;
}

/**
 * Chooses the layout that is asked for or that the network's name states, or else the one that the
 * file implies by its keys, and by its name where models of two layouts have the same keys. Strides,
 * pools, pads and epsilons leave no trace in a file.
 *
 * @param asked the layout that a flag of its own names
 * @throws InputError where the keys are those of two layouts and nothing tells which is meant, or
 * where the file is of another layout than the one that is asked for
 */
export function chooseLayout(
  name: string,
  evidence: LayoutEvidence,
  asked: string | null = null,
): ChosenLayout {
  const parsed = parseNetworkName(asked === null ? name : withLayout(name, asked));
  const network = formatNetworkName(parsed);
  const { layouts, published } = rowOf(parsed.model);
  const stated = asked === null ? statedLayouts(name) : [parsed.layout];
  const implied = layoutOfKeys[evidence.keys];
  if (stated?.length === 1) {
    if (published !== undefined) requireLayout(network, parsed.layout, evidence);
    const conflict = implied !== null && implied !== namedAs(parsed.layout);
    const told = `${keysIn[evidence.keys]}, but layout=${parsed.layout} is asked for`;
    return { network, note: conflict ? told : null };
  }
  if (layouts.length === 1) return { network, note: null };
  const because = (layout: Layout, reason: string) => {
    return { network: withLayout(network, layout), note: `${reason}, so layout=${layout}` };
  };
  const fitting = (stated ?? layouts).filter((layout) => namedAs(layout) === implied);
  if (fitting.length < 2) {
    const chosen = fitting[0] ?? parsed.layout;
    if (stated !== null) requireLayout(network, chosen, evidence);
    return because(chosen, keysIn[evidence.keys]);
  }
  const meant = layoutOfPath(evidence, network, fitting);
  if (meant === null) throw twoLayouts(network);
  return because(meant, `the file's name is ${published?.[meant]}'s`);
}

/** The layout whose keys a layout has: timm's models from TensorFlow have timm's. */
function namedAs(layout: Layout): Layout {
  return layout === "timm-tf" ? "timm" : layout;
}

/** The layout, of those given, of the library's model that a file's path names, or null. */
function layoutOfPath(
  { path = "" }: LayoutEvidence,
  network: string,
  among: readonly Layout[],
): Layout | null {
  const { published = {} } = rowOf(parseNetworkName(network).model);
  const found = among.filter((layout) =>
    new RegExp(`(?<![a-z0-9]|tf_)${published[layout]}(?![a-z0-9])`, "i").test(path),
  );
  return found.length === 1 ? found[0]! : null;
}

/** Throws an `InputError` where a file tells that it is of another layout, whose models it fits. */
function requireLayout(network: string, layout: Layout, evidence: LayoutEvidence): void {
  const { layouts, published = {} } = rowOf(parseNetworkName(network).model);
  const implied = layoutOfKeys[evidence.keys];
  if (implied !== null && implied !== namedAs(layout) && layouts.includes(implied)) {
    throw new InputError(
      `the file has ${keysIn[evidence.keys]}, and ${network} has the names of layout=${layout}`,
      { remedy: `give --network ${withLayout(network, implied)}, or the file of that layout` },
    );
  }
  const alike = layouts.filter((each) => namedAs(each) === namedAs(layout));
  const named = layoutOfPath(evidence, network, alike);
  if (named === null || named === layout) return;
  throw new InputError(
    `${evidence.path} is named like ${published[named]}, and layout=${layout} is asked for, ` +
      "which pads and normalises in another way",
    { remedy: `give --network ${published[named]}, or rename the file if it is not of that model` },
  );
}

function twoLayouts(network: string): InputError {
  const { published = {} } = rowOf(parseNetworkName(network).model);
  return new InputError(
    `timm's keys are those of ${published.timm} and of ${published["timm-tf"]}, which pad and ` +
      "normalise in different ways, and nothing tells which of them the file is of",
    { remedy: `give --network ${published.timm} or --network ${published["timm-tf"]}` },
  );
}
