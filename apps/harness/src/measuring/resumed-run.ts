import { resolve } from "node:path";
import type { FedModel, RunOptions } from "@sebench/bench";
import { requireSameWeights, type RunWeights } from "@sebench/pairs";
import { describeScenarios, ran, readResults, type RunRecord } from "@sebench/results";
import { InputError, visible } from "@sebench/spec";

/**
 * Throws an `InputError` unless the run that `--resume` names can go on with these options. The
 * checks come before anything is written, so that a run that is not resumed stays as finished as it
 * was.
 *
 * @param machine the key of this machine
 * @param models the models' files of the run that goes on, with their inputs
 */
export async function requireResumable(
  options: RunOptions,
  machine: string,
  weightsOf: (record: RunRecord) => RunWeights,
  models: readonly FedModel[],
): Promise<void> {
  const folder = options.resume!;
  requireNoOut(options);
  const record = await readResults(folder);
  requireAlike(record, machine, options);
  requireSameInputs(record, models, folder);
  await requireSameWeights(record, weightsOf(record), folder);
}

function requireNoOut({ resume, out }: RunOptions): void {
  if (out === null || resolve(out) === resolve(resume!)) return;
  throw new InputError(`--resume ${resume} goes on in that folder, and --out names ${out}`, {
    remedy: "leave out --out, or start a new run there, without --resume",
  });
}

/** The options with what a run that goes on keeps where no flag says it: its budget, scenarios and shard. */
export function asStarted(options: RunOptions, { run: started }: RunRecord): RunOptions {
  const { selection, shard } = options;
  const seconds = selection.seconds ?? started.budgetSeconds ?? null;
  const scenarios = options.scenarios ?? started.scenarios;
  return {
    ...options,
    selection: { ...selection, seconds },
    shard: shard ?? started.shard,
    ...(scenarios && { scenarios }),
  };
}

/**
 * Throws an `InputError` where a flag asks for something else than the run was started with, so
 * that no case of it would mean what the others do.
 */
function requireSameFlags({ run: started }: RunRecord, options: RunOptions): void {
  const { resume, profile, seed, shard, selection, scenarios } = options;
  const budget = started.budgetSeconds;
  const shardWords = (of: RunOptions["shard"]) => (of === null ? null : `${of.index}/${of.of}`);
  const scenarioWords = (of: RunRecord["run"]["scenarios"]) => (of ? describeScenarios(of) : null);
  const flags: readonly (readonly [flag: string, asked: unknown, had: unknown])[] = [
    ["--profile", profile, started.profile],
    ["--seed", seed, started.seed],
    ["--shard", shardWords(shard), shardWords(started.shard)],
    // Records from before these were kept do not tell them.
    ...(started.scenarios === undefined
      ? []
      : [["--scenario", scenarioWords(scenarios), scenarioWords(started.scenarios)] as const]),
    ...(budget === undefined ? [] : [["--budget", selection.seconds, budget] as const]),
  ];
  for (const [flag, asked, had] of flags) {
    if (asked === null || asked === had) continue;
    const how = had === null ? `without ${flag}` : `with ${flag} ${String(had)}`;
    throw new InputError(`the run in ${resume} was started ${how}, not ${String(asked)}`, {
      remedy: `leave out ${flag} to go on as it was started, or start a new run, with another --out`,
    });
  }
}

/**
 * Throws an `InputError` unless all cases of the run are of one machine, one set of flags and one
 * way to load engines, since rows would not compare otherwise.
 */
function requireAlike(record: RunRecord, key: string, options: RunOptions): void {
  const { cases, machine } = record;
  const { resume, threads, tf32 } = options;
  requireSameFlags(record, options);
  if (machine.key !== key) throw onAnotherMachine(resume!, machine);
  const done = cases.filter(ran);
  const other = done.find((each) => each.threads !== threads);
  if (other) {
    const asked = other.threads === null ? "without --threads" : `with --threads ${other.threads}`;
    throw new InputError(`the run in ${resume} was started ${asked}`, {
      remedy: "give the same flags, or start a new run, with another --out",
    });
  }
  if (!tf32 && done.some(({ attestation }) => attestation.tf32)) {
    throw new InputError(`the run in ${resume} was started without --no-tf32`, {
      remedy: "give the same flags, or start a new run, with another --out",
    });
  }
  const keep = options.selection.int8Keep;
  const whole = done.find(({ precision, quantisation }) => {
    return precision === "int8" && quantisation?.keep !== keep;
  });
  if (whole) {
    const how = keep === undefined ? "with --int8-keep se" : "without --int8-keep";
    throw new InputError(`the run in ${resume} was started ${how}`, {
      remedy: "give the same flags, or start a new run, with another --out",
    });
  }
}

/** Throws an `InputError` where a model's file ran with other inputs than it is given now. */
function requireSameInputs(
  { cases }: RunRecord,
  models: readonly FedModel[],
  folder: string,
): void {
  for (const { model, given } of models) {
    const other = cases.filter(ran).find(({ weights, images }) => {
      const isSame = images.dataset === given.source && images.count === given.count;
      return weights.kind === "model" && weights.sha256 === model.se.sha256 && !isSame;
    });
    if (other === undefined) continue;
    const { dataset, count } = other.images;
    throw new InputError(
      `in the run in ${folder}, ${model.name} has ${count} runs with inputs from ${visible(dataset)}, not ${given.count} from ${given.source}`,
      {
        remedy:
          "give the same --inputs, --images and --input, or start a new run, with another --out",
      },
    );
  }
}

/** The error of a run that was started on another machine, or by a page of another device. */
function onAnotherMachine(folder: string, { device }: RunRecord["machine"]): InputError {
  const anew = "start a new run, with another --out";
  if (device === undefined) {
    const how = "was started on another machine";
    return new InputError(`the run in ${folder} ${how}`, { remedy: anew });
  }
  const name = device.name === null ? "no name" : `the name "${visible(device.name)}"`;
  return new InputError(
    `the run in ${folder} was started by another device, with ${name}: ${visible(device.agent)}`,
    { remedy: `run \`bench serve\`, and start the page in that browser with ${name}, or ${anew}` },
  );
}
