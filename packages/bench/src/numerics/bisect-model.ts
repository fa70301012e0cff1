import { readFile } from "node:fs/promises";
import { processHost, thisNode } from "@sebench/hosts";
import { foldedForm, JobError, type NodesJob, readRunInputs } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { toleranceFor } from "@sebench/measure";
import { type ImportedFile, importedFile } from "@sebench/pairs";
import type { BisectionRow } from "@sebench/report";
import { imagesOfRun } from "@sebench/runtime";
import { InputError, type Tensor } from "@sebench/spec";
import { proveJob, requireProven } from "../case/case-job.ts";
import type { FedModel } from "../models/feed-models.ts";
import { lackOfModel, planModels } from "../models/plan-models.ts";
import type { ProbedTarget } from "../plan/case-plan.ts";
import { engineOptionsOf } from "../plan/options.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";
import { type BisectionContext, watchOf } from "./bisect-network.ts";
import { findWrongOperator } from "./find-wrong-operator.ts";

/** A model's file as a network, with the images of its runs. */
export interface FedNetwork extends ImportedFile {
  /** The images of all runs, NCHW. */
  readonly images: Tensor;
}

/**
 * Imports a model's file, and reads the images of its runs.
 *
 * @throws InputError with the node that prevents it
 */
export async function importFed({ model, given }: FedModel): Promise<FedNetwork> {
  if (model.obstacle !== null) {
    throw new InputError(
      `${model.name} is not imported into sebench's own graph, whose oracle tells what is right: ${model.obstacle}`,
      {
        remedy: `bench run --model compares its outputs with those of the file node by node, and bench inspect lists its operators`,
      },
    );
  }
  const runs = readRunInputs(await readFile(given.path)).map(imagesOfRun);
  const [first] = runs as [Tensor, ...Tensor[]];
  const count = runs.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const data = joined(
    runs.map((run) => run.data),
    (length) => new Float32Array(length),
  );
  const { network, weights, titles } = importedFile(model.se.file);
  return { network, weights, titles, images: { shape: [count, ...first.shape.slice(1)], data } };
}

const oracleHost = processHost(thisNode);

/**
 * Finds the node at which a model's file goes wrong on a runtime. Parity is of the file as the runtime
 * loads it; the search is in the network that the file is imported as, cut behind each node and
 * written anew. Nodes have the file's own names.
 *
 * @throws InputError where the file is not imported
 * @throws JobError where the runtime is not available, gives no answer, or its device is not proven
 */
export async function bisectModel(
  context: Omit<BisectionContext, "weights">,
  target: ProbedTarget,
  fed: FedModel,
): Promise<BisectionRow> {
  const { options, hosts } = context;
  const { network, weights, titles, images } = await importFed(fed);
  const plan = planModels([target], profiles.quick, [fed], null)[0]!;
  const { availability } = target;
  const lack = availability.ok ? lackOfModel(plan) : availability;
  if (lack !== null || !availability.ok) {
    throw new JobError(`${plan.runtime} is not available: ${lack!.reason}`, {
      remedy: lack!.remedy,
    });
  }
  const host = hosts.of(plan.host);
  const watch = watchOf(context);
  const members = { kind: "files", files: [fed.model.se.file], inputs: fed.given.path } as const;
  const [runs] = await oracleHost.run({ kind: "fileOracle", members }, watch);
  const right = joined(runs!, (length) => new Float64Array(length));
  const seed = options.seed ?? defaultSeed;
  const job = proveJob({ options, profile: profiles.quick, seed }, [plan], members);
  const proof = (await host.run(job, watch)).proofs[0]!;
  requireProven([proof.attestation]);
  const given =
    proof.outputs === null
      ? proof.logits
      : joined(
          proof.outputs.map(([output]) => output!.data as Float32Array),
          (length) => new Float32Array(length),
        );
  const { batch } = plan;
  const engine = engineOptionsOf(options);
  const found = await findWrongOperator(
    {
      given,
      right,
      classes: right.length / images.shape[0]!,
      tolerance: toleranceFor(plan.precision, proof.attestation),
    },
    {
      lowered: foldedForm(lower(network, weights, "conv1x1", { batch })),
      images,
      ask(names, image) {
        // The imported network is written anew in fp32, whatever the file holds its weights in.
        const nodes = { names, image, batch, precision: "fp32" } as const;
        const question: NodesJob = { kind: "nodes", runtime: plan.runtime, engine, members, nodes };
        return host.run(question, watch);
      },
      titled: (name) => titles.get(name) ?? name,
    },
    context.wantsBlocks(plan.precision),
    context,
  );
  const { runtime, network: key, imageSize, precision, lowering } = plan;
  return {
    runtime,
    host: plan.host,
    network: key,
    imageSize,
    batch,
    precision,
    lowering,
    engineVersion: availability.version,
    hostVersion: host.version,
    ...found,
  };
}

/** The values of arrays, one after the other. */
function joined<Values extends Float32Array | Float64Array>(
  parts: readonly ArrayLike<number>[],
  make: (length: number) => Values,
): Values {
  const all = make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
