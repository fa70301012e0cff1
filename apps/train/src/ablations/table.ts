import { holmAdjusted, type Interval, wilsonInterval } from "@sebench/measure";
import { InputError } from "@sebench/spec";
import type { TrainingSettings } from "../training/settings.ts";
import { type Ablation, ablations, standardNetwork } from "./ablation.ts";
import { type LoggedRun, settingsDifference } from "./logged-run.ts";
import { type SeedMean, seedMean } from "./seed-mean.ts";

/** What the ablations' runs found. Errors are in percent of the test images, and differences in points of that. */
export interface AblationTable {
  /** The settings of every run, without its network and seed. */
  readonly settings: Omit<TrainingSettings, "network" | "seed">;
  readonly stepsPerEpoch: number;
  readonly testImages: number;
  /** The number of networks that seeds could compare with the standard, over which p values are adjusted. */
  readonly comparisons: number;
  /** The rows in the order of the paper's tables. */
  readonly rows: readonly AblationRow[];
  /** The runs that diverged, which are left out. */
  readonly diverged: readonly RunName[];
  /** The runs that were cut off, which are left out. */
  readonly unfinished: readonly RunName[];
}

export type RunName = Pick<TrainingSettings, "network" | "seed">;

export interface AblationRow {
  /** The number of the table in the paper (SENet v4). */
  readonly table: number;
  readonly network: string;
  /** Why there is no such network, or null where there is one. */
  readonly obstacle: string | null;
  /** The result, or null where no run of the network is complete. */
  readonly result: AblationResult | null;
  readonly paper: {
    readonly network: string;
    readonly top1Error: number;
    /** The difference to the paper's own standard, in points. */
    readonly difference: number;
  };
}

interface AblationResult {
  readonly seeds: readonly SeedResult[];
  readonly error: Omit<SeedMean, "pValue">;
  /** The difference to the standard with the same seeds, or null for the standard itself and where no seed has both. */
  readonly difference: SeedDifference | null;
}

interface SeedResult {
  readonly seed: number;
  readonly images: number;
  readonly correct: number;
  readonly error: number;
  /** Wilson's interval at 95 %: what the test images alone leave open. */
  readonly interval: Interval;
}

export interface SeedDifference extends SeedMean {
  /** The number of seeds that both networks have. */
  readonly seeds: number;
  /** The p value adjusted by Holm over all comparisons, or null where there is none. */
  readonly adjustedPValue: number | null;
  /** Whether the difference is beyond doubt with all comparisons considered. */
  readonly toldApart: boolean;
}

/** The chance that any two settings that do not differ are told apart. */
const familyError = 0.05;

/**
 * What the runs found, beside what the paper found.
 *
 * @throws InputError where no run is complete, where runs differ in more than network and
 *   seed, or where a run is of none of the ablations
 */
export function ablationTable(runs: readonly LoggedRun[]): AblationTable {
  const all = ablations();
  const stray = runs.find(({ settings }) =>
    all.every(({ network }) => network !== settings.network),
  );
  if (stray) {
    throw new InputError(`${describeRun(stray.settings)} is of none of the paper's ablations`, {
      remedy: "move its folder elsewhere",
    });
  }
  const tested = new Map(all.map(({ network }) => [network, testedSeeds(runs, network)]));
  const complete = runs.filter(({ outcome }) => outcome.kind === "trained");
  const differences = differencesOf(tested);
  const { published } = all.find(({ network }) => network === standardNetwork)!;
  return {
    ...sharedBy(complete),
    comparisons: [...differences.values()].filter(({ pValue }) => pValue !== null).length,
    rows: all.map((ablation) => rowOf(ablation, tested, differences, published.top1Error!)),
    diverged: namesOf(runs, "diverged"),
    unfinished: namesOf(runs, "unfinished"),
  };
}

type Shared = Pick<AblationTable, "settings" | "stepsPerEpoch" | "testImages">;

/** @throws InputError where runs were trained or tested in different ways */
function sharedBy(complete: readonly LoggedRun[]): Shared {
  const [first, ...others] = complete;
  if (!first) {
    throw new InputError("no run is complete", { remedy: "train with: pnpm train ablations" });
  }
  for (const other of others) requireAlike(other, first);
  const { network: _network, seed: _seed, ...settings } = first.settings;
  return { settings, stepsPerEpoch: first.stepsPerEpoch, testImages: testImagesOf(first) };
}

function requireAlike(run: LoggedRun, first: LoggedRun): void {
  const { network, seed } = run.settings;
  const difference = [
    settingsDifference(run.settings, { ...first.settings, network, seed }),
    countDifference("steps in an epoch", run.stepsPerEpoch, first.stepsPerEpoch),
    countDifference("test images", testImagesOf(run), testImagesOf(first)),
  ]
    .filter((text) => text !== "")
    .join("; ");
  if (difference === "") return;
  const which = `${describeRun(run.settings)} differs from ${describeRun(first.settings)}`;
  throw new InputError(`${which}: ${difference}`, {
    remedy: "keep the runs of other settings in a folder of their own",
  });
}

function countDifference(what: string, count: number, wanted: number): string {
  return count === wanted ? "" : `${count} ${what}, not ${wanted}`;
}

function testImagesOf({ outcome }: LoggedRun): number {
  return outcome.kind === "trained" ? outcome.test.images : 0;
}

function namesOf(runs: readonly LoggedRun[], kind: LoggedRun["outcome"]["kind"]): RunName[] {
  return runs
    .filter(({ outcome }) => outcome.kind === kind)
    .map(({ settings: { network, seed } }) => ({ network, seed }));
}

/** A run in words: `se-resnet8 with seed 1`. */
export function describeRun({ network, seed }: RunName): string {
  return `${network} with seed ${seed}`;
}

/** The complete runs of a network, by seed. */
function testedSeeds(runs: readonly LoggedRun[], network: string): SeedResult[] {
  const results: SeedResult[] = [];
  for (const { settings, outcome } of runs) {
    if (settings.network !== network || outcome.kind !== "trained") continue;
    const { images, correct } = outcome.test;
    const [low, high] = wilsonInterval(images - correct, images);
    const error = percent((images - correct) / images);
    const interval: Interval = [percent(low), percent(high)];
    results.push({ seed: settings.seed, images, correct, error, interval });
  }
  return results.toSorted((a, b) => a.seed - b.seed);
}

function percent(share: number): number {
  return 100 * share;
}

type Tested = ReadonlyMap<string, readonly SeedResult[]>;

/** The difference of each network that has a seed in common with the standard. */
function differencesOf(tested: Tested): ReadonlyMap<string, SeedDifference> {
  const standard = new Map(tested.get(standardNetwork)?.map((result) => [result.seed, result]));
  const paired = [...tested].flatMap(([network, results]) => {
    const both = results.filter(({ seed }) => network !== standardNetwork && standard.has(seed));
    const values = both.map((result) => differenceOf(result, standard.get(result.seed)!));
    return values.length === 0 ? [] : [{ network, seeds: values.length, of: seedMean(values) }];
  });
  const compared = paired.filter(({ of }) => of.pValue !== null);
  const adjusted = holmAdjusted(compared.map(({ of }) => of.pValue!));
  const adjustedOf = new Map(compared.map(({ network }, at) => [network, adjusted[at]!]));
  return new Map(
    paired.map(({ network, seeds, of: { mean, interval, pValue } }) => {
      const adjustedPValue = adjustedOf.get(network) ?? null;
      const toldApart = adjustedPValue !== null && adjustedPValue <= familyError;
      return [network, { seeds, mean, interval, pValue, adjustedPValue, toldApart }];
    }),
  );
}

/** The difference in points, computed from whole images, so that equal differences are equal numbers. */
function differenceOf(one: SeedResult, other: SeedResult): number {
  return percent((other.correct - one.correct) / one.images);
}

function rowOf(
  { published, network, obstacle }: Ablation,
  tested: Tested,
  differences: ReadonlyMap<string, SeedDifference>,
  paperStandard: number,
): AblationRow {
  const seeds = tested.get(network)!;
  const difference = differences.get(network) ?? null;
  const top1Error = published.top1Error!;
  return {
    table: published.table,
    network,
    obstacle,
    result: seeds.length === 0 ? null : { seeds, error: meanErrorOf(seeds), difference },
    paper: {
      network: published.network,
      top1Error,
      difference: hundredths(top1Error - paperStandard),
    },
  };
}

function meanErrorOf(seeds: readonly SeedResult[]): AblationResult["error"] {
  const { mean, interval } = seedMean(seeds.map(({ error }) => error));
  return { mean, interval };
}

/** A value rounded to the two decimals that the paper prints. */
function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
