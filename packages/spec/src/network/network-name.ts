import { InputError } from "../error/input-error.ts";
import { familyOf } from "../families/families.ts";
import { type Layout, type ModelName, type ModelRow, rowOf } from "../families/model-table.ts";
import { gates, seActivations, type SeOptions, squeezes, standardSe } from "../se/se.ts";
import {
  layoutsPublished,
  nearestNames,
  otherModelOfTag,
  readBaseName,
  seNameOf,
} from "./base-name.ts";

/**
 * A network's name, taken apart. The grammar is `[se-]MODEL[{KEY=VALUE,...}]`:
 * `se-resnet50{r=8,squeeze=max}`. Every key but `layout` is an option of SE.
 * timm's and Cadene's names are read too, with the tags of weights, and the names of the table in any
 * case and with any separators; all are printed in this grammar.
 */
export interface NetworkName {
  readonly model: ModelName;
  /** The options of SE, or null for a plain network. */
  readonly se: SeOptions | null;
  readonly layout: Layout;
}

/** An option that can stand in the braces. */
interface OptionRule {
  /** The values that the option takes, in words. */
  values(row: ModelRow): string;
  /** Reads a value; undefined if the option cannot have that value. */
  read(text: string, row: ModelRow): Partial<SeOptions> | undefined;
  print(se: SeOptions): string;
}

function choice<Key extends "squeeze" | "gate" | "activation" | "place">(
  key: Key,
  valuesOf: (row: ModelRow) => readonly SeOptions[Key][],
): OptionRule {
  return {
    values: (row) => valuesOf(row).join(", "),
    read(text, row) {
      const value = valuesOf(row).find((each) => each === text);
      return value === undefined ? undefined : { [key]: value };
    },
    print: (se) => se[key],
  };
}

const seOptions: Readonly<Record<string, OptionRule>> = {
  r: {
    values: () => "a whole number from 1 to 1024",
    read(text) {
      const reduction = Number(text);
      return /^[1-9]\d{0,3}$/.test(text) && reduction <= 1024 ? { reduction } : undefined;
    },
    print: (se) => String(se.reduction),
  },
  squeeze: choice("squeeze", () => squeezes),
  gate: choice("gate", () => gates),
  activation: choice("activation", () => seActivations),
  place: choice("place", (row) => familyOf(row).places),
  stages: {
    values: (row) => `stages out of ${stagesOf(row).join(", ")}, joined by +`,
    read(text, row) {
      const all = stagesOf(row);
      const asked = text.split("+");
      const stages = all.filter((stage) => asked.includes(String(stage)));
      if (stages.length !== asked.length) return undefined;
      return { stages: stages.length === all.length ? null : stages };
    },
    print: (se) => se.stages?.join("+") ?? "",
  },
  bias: {
    values: () => "true, false",
    read: (text) => (text === "true" || text === "false" ? { bias: text === "true" } : undefined),
    print: (se) => String(se.bias),
  },
};

/** The name by which a row is known: of the member with SE if that is the published one. */
function publicName(model: ModelName): string {
  return rowOf(model).seName ?? model;
}

/** SE as a row has it where its name says nothing else. */
function seOf(model: ModelName): SeOptions {
  return { ...standardSe, ...rowOf(model).se };
}

function stagesOf(row: ModelRow): readonly number[] {
  return familyOf(row).stages(row);
}

export function parseNetworkName(text: string): NetworkName {
  const match = /^([\w./: -]+?)\s*(?:\{([^{}]*)\})?$/.exec(text.trim());
  const [, bare = "", braces] = match ?? [];
  const base = readBaseName(bare);
  if (!base) throw unknownNetwork(text);
  const other = otherModelOfTag(bare, base);
  if (other !== null) {
    throw new InputError(
      `timm has no weights "${bare.trim()}"; weights of such a tag are ${other}'s`,
      {
        remedy: `name ${other}, or leave the tag out`,
      },
    );
  }
  let name: NetworkName = { ...base, se: base.se ? seOf(base.model) : null };
  const seen = new Set<string>();
  for (const option of braces?.trim() ? braces.split(",") : []) {
    const [key = "", value, ...rest] = option.split("=").map((part) => part.trim());
    if (value === undefined || rest.length > 0) {
      throw new InputError(`"${option}" in "${text}" is not of the form key=value`, {
        remedy: "write it like se-resnet50{r=8,squeeze=max}",
      });
    }
    if (seen.has(key)) throw new InputError(`"${text}" gives ${key} twice`);
    seen.add(key);
    name = withOption(name, key, value, text);
  }
  return name;
}

function unknownNetwork(text: string): InputError {
  const [bare = ""] = text.trim().split("{");
  const all = "`bench list` names every network";
  const near = readBaseName(bare) ? [] : nearestNames(bare);
  const options = readBaseName(bare) && "write its options like se-resnet50{r=8,squeeze=max}";
  return new InputError(
    `there is no network "${text.length > 80 ? `${text.slice(0, 77)}...` : text}"`,
    {
      remedy: options ?? (near.length === 0 ? all : `did you mean ${either(near)}? ${all}`),
    },
  );
}

/** A list in words: "a", "a or b", "a, b or c". */
function either(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function withOption(name: NetworkName, key: string, value: string, text: string): NetworkName {
  const row = rowOf(name.model);
  if (key === "layout") {
    const layout = row.layouts.find((each) => each === value);
    if (layout) return { ...name, layout };
    throw new InputError(`${publicName(name.model)} has no layout "${value}"`, {
      remedy: `choose one of ${row.layouts.join(", ")}`,
    });
  }
  const rule = Object.hasOwn(seOptions, key) ? seOptions[key] : undefined;
  if (!rule) {
    throw new InputError(`"${text}" has an unknown option ${key}`, {
      remedy: `the options are ${[...Object.keys(seOptions), "layout"].join(", ")}`,
    });
  }
  if (!name.se) {
    throw new InputError(`"${text}" has no SE that ${key} could apply to`, {
      remedy: `begin with ${seNameOf(name.model)}`,
    });
  }
  const read = rule.read(value, row);
  if (!read) {
    throw new InputError(`"${value}" is not a value of ${key} for ${publicName(name.model)}`, {
      remedy: `${key} takes ${rule.values(row)}`,
    });
  }
  return { ...name, se: { ...name.se, ...read } };
}

/** Prints a name in its canonical form: options in a fixed order, defaults left out. */
export function formatNetworkName({ model, se, layout }: NetworkName): string {
  const options: string[] = [];
  for (const [key, rule] of se ? Object.entries(seOptions) : []) {
    const printed = rule.print(se!);
    if (printed !== rule.print(seOf(model))) options.push(`${key}=${printed}`);
  }
  if (layout !== rowOf(model).layouts[0]) options.push(`layout=${layout}`);
  const braces = options.length > 0 ? `{${options.join(",")}}` : "";
  return `${se ? seNameOf(model) : model}${braces}`;
}

/** Names a network in another layout. Throws an `InputError` if it is not published in that layout. */
export function withLayout(name: string, layout: string): string {
  return formatNetworkName(withOption(parseNetworkName(name), "layout", layout, name));
}

/**
 * The layouts that a name leaves open: one if its braces state it or a library has the name, two if
 * two libraries have it, or null if the name says nothing. A parsed name cannot tell, since it always
 * has a layout.
 */
export function statedLayouts(text: string): readonly Layout[] | null {
  if (/[{,]\s*layout\s*=/.test(text)) return [parseNetworkName(text).layout];
  const [bare = ""] = text.trim().split("{");
  return layoutsPublished(bare.trim());
}

/** The name of the member with SE, whichever of the two was given. */
export function seName(text: string): string {
  const name = parseNetworkName(text);
  return formatNetworkName({ ...name, se: name.se ?? seOf(name.model) });
}

/** The name of a network's plain counterpart, in the same layout. */
export function plainName(name: string): string {
  return formatNetworkName({ ...parseNetworkName(name), se: null });
}

/** Splits a comma-separated list of names; commas within braces do not separate names. */
export function splitNetworkNames(list: string): string[] {
  return list
    .split(/,(?![^{]*\})/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
