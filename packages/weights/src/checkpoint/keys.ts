/**
 * The author that a file's keys tell of. `legacy` is Cadene's pretrained-models and timm's
 * `legacy_*`; `timm` is timm's newer networks with SE, and whoever names SE as those do; `plain`
 * is torchvision's and timm's networks without SE.
 */
export type KeyLayout = "legacy" | "timm" | "plain";

/** The keys that a file has for parameters that have torchvision's and timm's names here. */
export interface KeyMap {
  readonly layout: KeyLayout;
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

const habits: readonly Habit[] = [
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
  { sign: /\.se\.fc1\./, layout: "timm", rename: (parameter) => parameter },
];

export function keyMapOf(keys: Iterable<string>): KeyMap {
  const all = [...keys];
  const seen = habits.filter(({ sign }) => all.some((key) => sign.test(key)));
  return {
    layout: seen.find(({ layout }) => layout !== null)?.layout ?? "plain",
    keyOf: (parameter) => seen.reduce((name, { rename }) => rename(name), parameter),
  };
}

/** Describes the network that a file's keys are of, for a person who gave the wrong file. */
export function describeKeys(keys: readonly string[]): string {
  const blocks = blocksOf(keys);
  if (blocks.length > 0) {
    const kind = keys.some((key) => key.startsWith("layer1.0.conv3.")) ? "bottleneck" : "basic";
    return `its keys are those of a ResNet of ${blocks.join(" + ")} ${kind} blocks ${seOf(keys)}`;
  }
  if (keys.length === 0) return "it holds no tensor";
  const first = keys.slice(0, 3).map(toldKey).join(", ");
  return `its keys are ${first}${keys.length > 3 ? " and so on" : ""}`;
}

/** The number of blocks in `layer1`, `layer2` and so on. */
function blocksOf(keys: readonly string[]): number[] {
  const blocks = new Map<string, Set<string>>();
  for (const key of keys) {
    const [, layer, block] = /^layer([1-9])\.(\d+)\./.exec(key) ?? [];
    if (layer === undefined || block === undefined) continue;
    blocks.set(layer, (blocks.get(layer) ?? new Set()).add(block));
  }
  return [...blocks.keys()].toSorted().map((layer) => blocks.get(layer)!.size);
}

function seOf(keys: readonly string[]): string {
  const naming = ["se_module.fc1", "se.fc1"].find((each) =>
    keys.some((key) => key.includes(`.${each}.`)),
  );
  return naming === undefined ? "without SE" : `with SE, named ${naming}`;
}

const readable = /^[\w./:-]{1,100}$/;

/** Prepares a key for a message: a long key is cut, and letters that could move a cursor are escaped. */
export function toldKey(key: string): string {
  return readable.test(key) ? key : JSON.stringify(key.slice(0, 100)).replaceAll(/[^ -~]/g, "?");
}
