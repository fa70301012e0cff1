import {
  type RunOptions,
  byProfile,
  requireLowering,
  type Selection,
  type ProfileName,
  profileNames,
  requirePrecisions,
  selectTargets,
} from "@sebench/bench";
import { readNumber, readNumbers, readShard, say } from "@sebench/cli";
import { type AskedWeights, seededWord, untakenTag } from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";
import {
  seName,
  InputError,
  networksOf,
  parseNetworkName,
  shellQuoted,
  splitNetworkNames,
  weightsTagOf,
} from "@sebench/spec";

/** The flags of `run`, as the command line gives them. */
export interface RunFlags extends CheckpointFlags {
  readonly profile?: string;
  readonly runtime?: readonly string[];
  readonly host?: readonly string[];
  readonly network?: readonly string[];
  readonly networkSet?: readonly string[];
  readonly batch?: readonly string[];
  readonly size?: string;
  readonly precision?: readonly string[];
  readonly lowering?: readonly string[];
  readonly threads?: string;
  readonly tf32?: boolean;
  readonly budget?: string;
  readonly timeout?: string;
  readonly starts?: string;
  readonly seed?: string;
  readonly shard?: string;
  readonly resume?: string;
  readonly out?: string;
  /** The file of budgets, which `readConfig` reads. */
  readonly config?: string;
  readonly browser?: string;
  readonly port: string;
  readonly headed?: boolean;
  readonly fetch: boolean;
  readonly json?: boolean;
}

const precisions: readonly Precision[] = ["fp32", "fp16", "int8"];

export function readRunOptions(flags: RunFlags): RunOptions {
  const selection = readSelection(flags);
  const targets = selectTargets(items(flags.runtime), items(flags.host));
  const targetsNamed = flags.runtime !== undefined;
  requirePrecisions(targets, selection.precisions, { named: targetsNamed });
  return {
    profile: optional(flags.profile, requireProfile),
    targets,
    targetsNamed,
    selection,
    weights: readAskedWeights(flags, selection.networks),
    threads: optional(flags.threads, (text) => readNumber("--threads", text, { from: 1, to: 256 })),
    tf32: flags.tf32 ?? true,
    timeoutSeconds: optional(flags.timeout, (text) =>
      readNumber("--timeout", text, { from: 1, to: 86_400 }),
    ),
    starts: optional(flags.starts, (text) => readNumber("--starts", text, { from: 0, to: 100 })),
    seed: optional(flags.seed, (text) => readNumber("--seed", text, { from: 0, to: 2 ** 32 - 1 })),
    shard: optional(flags.shard, readShard),
    resume: flags.resume ?? null,
    out: flags.out ?? null,
    fetch: flags.fetch,
    browser: {
      path: flags.browser ?? null,
      headed: flags.headed ?? false,
      port: readNumber("--port", flags.port, { from: 0, to: 65_535 }),
    },
  };
}

function requireProfile(text: string): ProfileName {
  const profile = profileNames.find((name) => name === text);
  if (profile) return profile;
  throw new InputError(`--profile does not know "${text}"`, {
    remedy: `choose from ${profileNames.join(", ")}`,
  });
}

function readSelection(flags: RunFlags): Selection {
  return {
    networks: readNetworks(flags),
    batches: optional(items(flags.batch), (texts) =>
      readNumbers("--batch", texts, { from: 1, to: 8192 }),
    ),
    imageSize: optional(flags.size, (text) => readNumber("--size", text, { from: 1, to: 4096 })),
    precisions: items(flags.precision)?.map(requirePrecision) ?? ["fp32"],
    lowerings: items(flags.lowering)?.map(requireLowering) ?? null,
    tuned: byProfile.tuned,
    seconds: optional(flags.budget, (text) =>
      readNumber("--budget", text, { from: 0.1, to: 86_400, whole: false }),
    ),
  };
}

/** The networks that the flags name, or null where neither flag was given. */
function readNetworks({ network, networkSet }: RunFlags): string[] | null {
  if (network === undefined && networkSet === undefined) return null;
  const named = (network ?? []).flatMap(splitNetworkNames).map(requireNetwork);
  return [...named, ...(items(networkSet) ?? []).flatMap(networksOf)];
}

/**
 * Throws an `InputError` for an unknown network. That is told at once, since probing comes before
 * anything is built and takes a minute.
 */
function requireNetwork(name: string): string {
  parseNetworkName(name);
  return name;
}

function requirePrecision(text: string): Precision {
  const precision = precisions.find((each) => each === text);
  if (precision) return precision;
  throw new InputError(`--precision does not know "${text}"`, {
    remedy: `choose from ${precisions.join(", ")}`,
  });
}

function optional<From, To>(value: From | null | undefined, read: (value: From) => To): To | null {
  return value === undefined || value === null ? null : read(value);
}

/**
 * The items of a list flag, which may be repeated and may hold several items, separated by commas.
 */
function items(values: readonly string[] | undefined): string[] | null {
  return (
    values?.flatMap((value) =>
      value
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== ""),
    ) ?? null
  );
}

/** The flags that name files of weights. */
interface CheckpointFlags {
  readonly weights?: string;
  readonly plainWeights?: string;
  readonly weightsPrefix?: string;
}

/** Tells of names that ask for published weights, where no file of weights is given. */
function tellTags(networks: readonly string[]): void {
  for (const network of networks) {
    const tag = weightsTagOf(network);
    if (tag !== null) say(`weights: of ${network}, ${untakenTag(tag)}`);
  }
}

/** The weights that the flags ask for. Throws an `InputError` unless the files are of one pair. */
function readAskedWeights(
  { weights, plainWeights, weightsPrefix }: CheckpointFlags,
  networks: readonly string[] | null,
): AskedWeights {
  const file = weights === seededWord ? undefined : weights;
  if (weights === undefined) tellTags(networks ?? []);
  if (file === undefined) {
    const given = plainWeights === undefined ? "--weights-prefix" : "--plain-weights";
    if (plainWeights === undefined && weightsPrefix === undefined) {
      return { kind: weights === undefined ? "shipped" : "seeded" };
    }
    throw new InputError(`${given} is given, and --weights is no file`, {
      remedy: "give the file of the member with SE as --weights: a pair needs it",
    });
  }
  const [network, ...others] = networks ?? [];
  if (network === undefined || others.length > 0) {
    throw new InputError(
      `--weights is the file of one network, and ${others.length + (network === undefined ? 0 : 1)} are named`,
      { remedy: "give exactly one --network, such as --network se-resnet50" },
    );
  }
  if (parseNetworkName(network).se === null) {
    throw new InputError(`--weights is the file of the member with SE, and ${network} has none`, {
      remedy: `give --network ${shellQuoted(seName(network))}, the file of it as --weights, and that of ${network} as --plain-weights`,
    });
  }
  return {
    kind: "files",
    paths: { se: file, plain: plainWeights ?? null, prefix: weightsPrefix ?? null },
  };
}
