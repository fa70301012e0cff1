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

const own: ReadonlyMap<string, BaseName> = new Map(modelNames.flatMap(ownSpellings));

/** The names of published weights; each states the layout of the models that its author has. */
const published: ReadonlyMap<string, BaseName> = new Map([
  ...modelNames.flatMap(publishedSpellings),
  ["legacy_senet154", { model: "plain-senet154", se: true, layout: "timm-legacy" }],
]);

/** timm's names that are other networks' names here, or torchvision's names too. */
const timmsOwn: ReadonlyMap<string, BaseName> = new Map([
  ["senet154", { model: "plain-senet154", se: true, layout: "timm" }],
  ...modelNames.flatMap((model): [string, BaseName][] => {
    const { published: names, seName } = rowOf(model);
    if (names?.timm === undefined || names.timm !== names.torchvision) return [];
    return [[names.timm, { model, se: seName !== undefined, layout: "timm" }]];
  }),
]);

/** The names of this table, and then those of published weights. */
const spellings: ReadonlyMap<string, BaseName> = new Map([...own, ...published]);

/** The names of this table without case and separators, `seresnet50` of `SE-ResNet-50`. */
const loose: ReadonlyMap<string, BaseName> = new Map(
  [...own].map(([name, base]) => [withoutSeparators(name), base]),
);

/** Two numbers beside each other stay apart: `wrn-16-8` is not `wrn-1-68`. */
function withoutSeparators(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/(?<!\d)[-_ ]|[-_ ](?!\d)/g, "")
    .replaceAll(/[_ ]/g, "-");
}

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
  const se = row.seName !== undefined;
  const named = Object.entries(row.published ?? {}) as [Layout, string][];
  // Of two libraries with one name, the first of the row gives the layout.
  const last = named.toReversed();
  if (last.length > 0) return last.map(([layout, name]) => [name, { model, se, layout }]);
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

/** A name of timm's weights: `timm/seresnet50.ra2_in1k`, `hf_hub:timm/...`, with or without the tag. */
const timmName = /^((?:hf[-_]hub:|https:\/\/huggingface\.co\/)?(?:timm\/)?)([\w-]+?)(?:\.(\w+))?$/i;

interface TakenApart {
  readonly name: string;
  /** The tag of the weights, `ra2_in1k`, or null. */
  readonly tag: string | null;
  readonly timm: boolean;
}

function takeApart(text: string): TakenApart {
  // A name of this table may have a dot in it, `regnety-1.6gf`, and no tag.
  const whole = loose.has(withoutSeparators(text));
  const [, hub = "", name = text, tag = null] = (whole ? null : timmName.exec(text)) ?? [];
  return { name, tag, timm: hub !== "" || tag !== null };
}

/**
 * Reads a name of this table in any case and with any separators, or a name of published weights in
 * its own letters, also with timm's address and the tag of the weights.
 */
export function readBaseName(text: string): BaseName | undefined {
  const { name, timm } = takeApart(text);
  return (timm ? timmsOwn.get(name) : undefined) ?? spellings.get(name) ?? readLoosely(name);
}

function readLoosely(name: string): BaseName | undefined {
  return loose.get(withoutSeparators(name));
}

/** The tag by which a name says which weights are meant, `ra2_in1k`, or null. */
export function weightsTagOf(text: string): string | null {
  return takeApart(text.trim().split("{")[0]!).tag;
}

/**
 * The layouts of the models that a name of published weights, without its options, is of, or null if
 * the name is none of published weights. A name that two libraries have is of the layouts of both.
 */
export function layoutsPublished(text: string): readonly Layout[] | null {
  const { name, timm } = takeApart(text);
  const base =
    (timm ? timmsOwn.get(name) : undefined) ?? (own.has(name) ? null : published.get(name));
  if (!base) return null;
  const shared = timm ? undefined : timmsOwn.get(name);
  return shared === undefined ? [base.layout] : [base.layout, shared.layout];
}

/** The tags of timm's weights from TensorFlow, for networks of which timm has others too. */
const tensorflowTag = /^(?:(?:aa_|ap_|ns_jft_|in21k_ft_)?in1k|in21k)$/;

/**
 * The name of timm's models that have weights of such a tag where a name means others, or null. The
 * two pad and normalise in different ways, and their files have the same keys.
 */
export function otherModelOfTag(text: string, { model, layout }: BaseName): string | null {
  const tag = weightsTagOf(text);
  const names = rowOf(model).published;
  if (tag === null || names?.["timm-tf"] === undefined) return null;
  const meant = tensorflowTag.test(tag) ? "timm-tf" : "timm";
  return meant === layout ? null : (names[meant] ?? null);
}

/**
 * The names that are spelled most like a text, nearest first, each in the spelling that
 * is nearest: those at most twice as far as the nearest. The list is empty if every name
 * differs from the text in more than a third of its letters.
 */
export function nearestNames(text: string, most = 3): string[] {
  const asked = takeApart(text).name.toLowerCase();
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
