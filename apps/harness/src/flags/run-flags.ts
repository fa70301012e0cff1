import os from "node:os";
import {
  type RunOptions,
  byProfile,
  requireLowering,
  type Selection,
  profileNames,
  requirePrecisions,
  selectTargets,
} from "@sebench/bench";
import { readNumber, readNumbers, readShard, say } from "@sebench/cli";
import { type AskedWeights, seededWord, untakenTag } from "@sebench/pairs";
import { scenarioNames, type ScenarioRequest } from "@sebench/results";
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
import { type ModelFlags, readModelRequest } from "./model-flags.ts";

/** The flags of `run`, as the command line gives them. */
export interface RunFlags extends CheckpointFlags, ModelFlags {
  readonly profile?: string;
  readonly runtime?: readonly string[];
  readonly host?: readonly string[];
  readonly network?: readonly string[];
  readonly networkSet?: readonly string[];
  readonly batch?: readonly string[];
  readonly size?: readonly string[];
  readonly precision?: readonly string[];
  /** The part of networks that stays in fp32 in int8. */
  readonly int8Keep?: "se";
  readonly lowering?: readonly string[];
  readonly threads?: string;
  readonly tf32?: boolean;
  readonly budget?: string;
  readonly timeout?: string;
  readonly starts?: string;
  readonly scenario?: readonly string[];
  readonly sloMs?: string;
  readonly percentile?: string;
  readonly workers?: readonly string[];
  readonly scenarioBudget?: string;
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
  const scenarios = readScenarios(flags);
  requirePrecisions(targets, selection.precisions, { named: targetsNamed });
  return {
    profile: optional(flags.profile, (text) => requireOneOf("--profile", text, profileNames)),
    targets,
    targetsNamed,
    selection,
    models: readModelRequest(flags),
    weights: readAskedWeights(flags, selection.networks),
    threads: optional(flags.threads, (text) => readNumber("--threads", text, { from: 1, to: 256 })),
    tf32: flags.tf32 ?? true,
    timeoutSeconds: optional(flags.timeout, (text) =>
      readNumber("--timeout", text, { from: 1, to: 86_400 }),
    ),
    starts: optional(flags.starts, (text) => readNumber("--starts", text, { from: 0, to: 100 })),
    ...(scenarios && { scenarios }),
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

/** The time for one scenario of one case where none is given, in seconds. */
const scenarioSeconds = 120;

/** The scenarios that the flags ask for, or null where they ask for none. */
function readScenarios(flags: RunFlags): ScenarioRequest | null {
  const names = items(flags.scenario)?.map((name) =>
    requireOneOf("--scenario", name, scenarioNames),
  );
  if (names === undefined) {
    const { sloMs, percentile, workers, scenarioBudget } = flags;
    const given = { "--slo-ms": sloMs, "--percentile": percentile, "--workers": workers };
    const all = { ...given, "--scenario-budget": scenarioBudget };
    const [extra] = Object.entries(all).find(([, value]) => value !== undefined) ?? [];
    if (extra === undefined) return null;
    throw new InputError(`${extra} is given, and --scenario is not`, {
      remedy: "add --scenario server, or --scenario offline",
    });
  }
  const serves = names.includes("server");
  if (serves && flags.sloMs === undefined) {
    throw new InputError("--scenario server has no limit to keep", {
      remedy: "say which latency is allowed, such as --slo-ms 50 --percentile p90",
    });
  }
  if (!serves && flags.sloMs !== undefined) {
    throw new InputError("--slo-ms is given, and --scenario server is not", {
      remedy: "add --scenario server, or leave out --slo-ms",
    });
  }
  const limitMs = optional(flags.sloMs, (text) =>
    readNumber("--slo-ms", text, { from: 0.01, to: 600_000, whole: false }),
  );
  const workers = optional(items(flags.workers), (texts) =>
    readNumbers("--workers", texts, { from: 1, to: 256 }),
  );
  tellOfFewCores(workers ?? []);
  return {
    names: [...new Set(names)],
    percentile: requireOneOf("--percentile", flags.percentile ?? "p90", ["p50", "p90", "p99"]),
    limitMs,
    workers,
    seconds: readNumber("--scenario-budget", flags.scenarioBudget ?? String(scenarioSeconds), {
      from: 1,
      to: 86_400,
      whole: false,
    }),
  };
}

/** Warns of more workers than cores, which is no error: some systems are deployed so. */
function tellOfFewCores(workers: readonly number[]): void {
  const cores = os.availableParallelism();
  const most = Math.max(0, ...workers);
  if (most <= cores) return;
  say(
    `--workers ${most}: this machine has ${cores} usable cores, so workers will wait for each other; the most that make sense here are ${cores}`,
  );
}

function requireOneOf<Name extends string>(
  flag: string,
  text: string,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === text);
  if (found) return found;
  throw new InputError(`${flag} does not know "${text}"`, {
    remedy: `choose from ${names.join(", ")}`,
  });
}

function readSelection(flags: RunFlags): Selection {
  const int8Keep = readInt8Keep(flags);
  return {
    ...(int8Keep && { int8Keep }),
    networks: readNetworks(flags),
    batches: optional(items(flags.batch), (texts) =>
      readNumbers("--batch", texts, { from: 1, to: 8192 }),
    ),
    imageSizes: optional(items(flags.size), (texts) =>
      readNumbers("--size", texts, { from: 1, to: 4096 }),
    ),
    precisions: items(flags.precision)?.map((text) =>
      requireOneOf("--precision", text, precisions),
    ) ?? ["fp32"],
    lowerings: items(flags.lowering)?.map(requireLowering) ?? null,
    tuned: byProfile.tuned,
    seconds: optional(flags.budget, (text) =>
      readNumber("--budget", text, { from: 0.1, to: 86_400, whole: false }),
    ),
  };
}

/** @throws InputError where the flag is given and int8 is not asked for */
function readInt8Keep({ int8Keep, precision }: RunFlags): "se" | undefined {
  if (int8Keep === undefined || items(precision)?.includes("int8")) return int8Keep;
  throw new InputError(`--int8-keep ${int8Keep} is given, and int8 is not measured`, {
    remedy: "add --precision int8, or leave --int8-keep out",
  });
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
