import type { StoredTensor } from "../safetensors/stored-tensor.ts";
import { type SeSpelling, seSpellingOf } from "./se-spelling.ts";

/**
 * The author that a file's keys tell of. `legacy` is Cadene's pretrained-models and timm's
 * `legacy_*`; `timm` is timm's newer networks with SE, and whoever names SE as those do, and
 * timm's mobile networks, with SE or without; `torchvision` is torchvision's mobile networks and
 * RegNets; `plain` is torchvision's and timm's networks without SE, and networks whose SE is
 * spelled in another way.
 */
export type KeyLayout = "legacy" | "timm" | "torchvision" | "plain";

/** The keys that a file has for parameters that have torchvision's and timm's names here. */
export interface KeyMap {
  readonly layout: KeyLayout;
  /** The spelling of SE where no layout has it, or null. */
  readonly spelling: SeSpelling | null;
  /** The key of a parameter in the file: `layer0.conv1.weight` of `conv1.weight`. */
  keyOf(parameter: string): string;
}

/** A habit of naming, told by a key that nobody else writes. */
interface Habit {
  readonly sign: RegExp;
  /** The layout of strides, pools and widths that the habit tells of, or null if authors share it. */
  readonly layout: KeyLayout | null;
  rename(parameter: string): string;
}

/** timm's stem of SENet-154 is one `Sequential`, and the batch norm that follows it is its `bn1`. */
const deepStem: Readonly<Record<string, string>> = {
  conv1: "conv1.0",
  bn1: "conv1.1",
  conv2: "conv1.3",
  bn2: "conv1.4",
  conv3: "conv1.6",
  bn3: "bn1",
};

/** The names of timm's VGG, whose dense layers are convolutions of the whole map and of one pixel. */
const vggHead: Readonly<Record<string, string>> = {
  "classifier.0": "pre_logits.fc1",
  "classifier.3": "pre_logits.fc2",
  "classifier.6": "head.fc",
};

const same = (parameter: string) => parameter;

// Networks whose layouts differ in more than a few names have the names of their layout here.
const habits: readonly Habit[] = [
  {
    sign: /^(?:features\.\d+(?:\.\d+)?\.block\.|trunk_output\.)/,
    layout: "torchvision",
    rename: same,
  },
  { sign: /^(?:conv_stem\.|s1\.b1\.)/, layout: "timm", rename: same },
  {
    sign: /^pre_logits\.fc1\./,
    layout: "timm",
    rename: (parameter) =>
      parameter.replace(/^classifier\.\d(?=\.)/, (part) => vggHead[part] ?? part),
  },
  {
    sign: /^layer0\./,
    layout: "legacy",
    rename: (parameter) => parameter.replace(/^(?=(?:conv|bn)[123]\.)/, "layer0."),
  },
  {
    sign: /\.se_module\./,
    layout: "legacy",
    rename: (parameter) => parameter.replace(".se.", ".se_module."),
  },
  {
    // Cadene names the classifier `last_linear` in torchvision's networks, too.
    sign: /^last_linear\./,
    layout: null,
    rename: (parameter) => parameter.replace(/^(?:fc|classif)\./, "last_linear."),
  },
  {
    sign: /^conv1\.0\./,
    layout: "timm",
    rename: (parameter) =>
      parameter.replace(/^(?:conv|bn)[123](?=\.)/, (part) => deepStem[part] ?? part),
  },
  { sign: /\.se\.fc1\./, layout: "timm", rename: same },
];

export function keyMapOf(tensors: ReadonlyMap<string, StoredTensor>): KeyMap {
  const all = [...tensors.keys()];
  const seen = habits.filter(({ sign }) => all.some((key) => sign.test(key)));
  const known = all.some((key) => /\.se(?:_module)?\.fc[12]\./.test(key));
  const spelling = known ? null : seSpellingOf(tensors);
  return {
    layout: seen.find(({ layout }) => layout !== null)?.layout ?? "plain",
    spelling,
    keyOf(parameter) {
      const renamed = seen.reduce((name, { rename }) => rename(name), parameter);
      if (spelling === null) return renamed;
      return renamed.replace(
        /\.se(?:_module)?\.fc([12])\./,
        (_, layer) => `.${layer === "1" ? spelling.first : spelling.second}.`,
      );
    },
  };
}
