import { type Layout, type ModelName, modelNames, rowOf } from "../families/model-table.ts";

/** What a network's name stands for, its options in braces apart. */
export interface BaseName {
  readonly model: ModelName;
  readonly se: boolean;
  readonly layout: Layout;
}

/** The name of a model's member with SE: `se-resnet50`, `senet154`. */
export function seNameOf(model: ModelName): string {
  return rowOf(model).seName ?? `se-${model}`;
}

/** Every spelling that is read: the names of this table, and then those of published weights. */
const spellings: ReadonlyMap<string, BaseName> = new Map([
  ...modelNames.flatMap(ownSpellings),
  ...modelNames.flatMap(publishedSpellings),
  ["legacy_senet154", { model: "plain-senet154", se: true, layout: "timm-legacy" }],
]);

function ownSpellings(model: ModelName): [string, BaseName][] {
  const [layout] = rowOf(model).layouts;
  return [
    [model, { model, se: false, layout }],
    [seNameOf(model), { model, se: true, layout }],
  ];
}

/** The names of timm (`seresnet50`, `legacy_seresnet50`) and of Cadene (`se_resnet50`). */
function publishedSpellings(model: ModelName): [string, BaseName][] {
  const row = rowOf(model);
  if (row.family !== "resnet" || row.variant !== "resnet") return [];
  const plain = model.replace("-", "_");
  const legacy: BaseName = { model, se: true, layout: "timm-legacy" };
  return [
    [plain, { model, se: false, layout: "torchvision" }],
    [`se${plain}`, { model, se: true, layout: "timm" }],
    [`legacy_se${plain}`, legacy],
    [`se_${plain}`, legacy],
  ];
}

export function readBaseName(text: string): BaseName | undefined {
  return spellings.get(text);
}

/**
 * The names that are spelled most like a text, nearest first, each in the spelling that
 * is nearest: those at most twice as far as the nearest. The list is empty if every name
 * differs from the text in more than a third of its letters.
 */
export function nearestNames(text: string, most = 3): string[] {
  const asked = text.toLowerCase();
  const tolerance = Math.max(2, Math.floor(asked.length / 3));
  const ranked = [...spellings]
    .map(([name, { model, se }]) => ({
      name,
      member: `${model} ${se}`,
      distance: distanceOf(asked, name),
    }))
    .toSorted((a, b) => a.distance - b.distance);
  const farthest = Math.min(tolerance, 2 * ranked[0]!.distance);
  const members = new Map<string, string>();
  for (const { name, member, distance } of ranked) {
    if (distance <= farthest && !members.has(member)) members.set(member, name);
  }
  return [...members.values()].slice(0, most);
}

/** The edits from a text to a name, where an end that is missing or added is half an edit. */
function distanceOf(asked: string, name: string): number {
  const extended = name.startsWith(asked) ? asked : asked.startsWith(name) ? name : "";
  return extended.length > 2 && asked !== name ? 0.5 : edits(asked, name);
}

/** The insertions, deletions and replacements of a character that turn `from` into `to`. */
function edits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = previous[column]! + (letter === to[column] ? 0 : 1);
      current.push(Math.min(replaced, previous[column + 1]! + 1, current[column]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
