/**
 * What a file's keys tell of who wrote them. `legacy`: Cadene's pretrained-models and timm's
 * `legacy_*`. `timm`: its newer networks with SE, and whoever names SE as they do. `plain`:
 * torchvision's and timm's networks without SE.
 */
export type KeyLayout = "legacy" | "timm" | "plain";

/** How a file names what the networks here name as torchvision and timm do. */
export interface KeyMap {
  readonly layout: KeyLayout;
  /** The key of a parameter in the file: `layer0.conv1.weight` of `conv1.weight`. */
  keyOf(parameter: string): string;
}

/** A habit of naming, known by a key that nobody else writes. */
interface Habit {
  readonly sign: RegExp;
  /** Null where it does not tell how strides, pools and widths are: some share it. */
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
    // Cadene names the classifier so in torchvision's networks too.
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
