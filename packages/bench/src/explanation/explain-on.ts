import { dirname, join } from "node:path";
import type { JobHost, Watch } from "@sebench/hosts";
import type { CaseMembers, ExplainJob, FileMembers } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { type ExplanationMeasurement, attribute, type Member } from "@sebench/measure";
import { type MarkedNode, writeMarked } from "@sebench/models";
import {
  buildMember,
  importedFile,
  type ModelFileDescription,
  seededRun,
  shippedRun,
} from "@sebench/pairs";
import type { RuntimeId } from "@sebench/runtime";
import { type ExplanationRecord, explanationVersion } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { formsOfPair, measureJob, pairOf, requireProven } from "../case/case-job.ts";
import type { FedModel } from "../models/feed-models.ts";
import { type ModelMember, seatedName } from "../models/model-member.ts";
import { filesOf } from "../models/model-truth.ts";
import { lackOfModel, loadsOnnx, planModels } from "../models/plan-models.ts";
import { type CasePlan, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { type Profile, profiles } from "../plan/profile.ts";
import { originOf } from "../run/provenance.ts";
import type { Subject } from "../run/subject.ts";

/** Both members of what is explained, and what is known of them without running them. */
interface ExplainedPair {
  readonly plan: CasePlan;
  readonly members: CaseMembers;
  readonly weights: ExplanationRecord["weights"];
  /** The nodes of both members as they are run, by whose names the kernels are told. */
  nodes(): Promise<Parameters<typeof attribute>[1]>;
  /** A name of the engine's for a kernel, with the user's name of its node. */
  titled(name: string): string;
}

/** A case with what its measuring gave. */
export interface ExplainedCase {
  readonly pair: ExplainedPair;
  readonly measurement: ExplanationMeasurement;
}

/** The most replicas, since each takes four sessions. The least is that of `run`. */
const mostReplicas = 12;

/** The most time that a case takes beyond its budget where `--timeout` is not given, in seconds. */
const usualGrace = 600;

/**
 * Measures a case with the engine's profiler on a host. Throws a `JobError` where that fails.
 *
 * @param fed the model to explain, or null for the network of the options
 */
export async function explainOn(
  options: RunOptions,
  target: ProbedTarget,
  host: JobHost,
  fed: FedModel | null,
  { signal, onProgress }: Pick<Watch, "signal" | "onProgress">,
): Promise<ExplainedCase> {
  const profile: Profile = { ...profiles.quick, bestKnown: [] };
  const pair = await (fed === null
    ? networkPair(options, target, profile)
    : modelPair(options, target, profile, fed));
  const { plan, members } = pair;
  const { labelled: _, ...job } = measureJob(
    { options, profile, seed: options.seed ?? 1 },
    [{ ...plan, replicas: { min: plan.replicas.min, max: mostReplicas } }],
    members,
  );
  const seconds = options.timeoutSeconds ?? plan.seconds + usualGrace;
  const measurement = await host.run({ ...job, kind: "explain" } satisfies ExplainJob, {
    signal,
    timeoutMs: 1000 * seconds,
    onProgress,
  });
  requireProven(Object.values(measurement.attestation));
  return { pair, measurement };
}

export async function networkPair(
  options: RunOptions,
  target: ProbedTarget,
  profile: Profile,
): Promise<ExplainedPair> {
  // The last plan is the tuned one where there is one, since the naive form comes first.
  const plan = planCases([target], profile, options.selection).at(-1)!;
  const seed = options.seed ?? 1;
  const weightsOf = options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
  const { source, origin } = await weightsOf(plan);
  const pair = pairOf(plan, source);
  const built = { plain: await buildMember(pair, "plain"), se: await buildMember(pair, "se") };
  const nodesOf = (member: Member) => {
    const { network, weights } = built[member];
    return lower(network, weights, plan.lowering, plan).network;
  };
  const hash = {
    plain: await contentHash(built.plain.weights),
    se: await contentHash(built.se.weights),
  };
  return {
    plan,
    members: formsOfPair([plan], pair),
    weights: { ...origin, hash },
    nodes: async () => ({ plain: nodesOf("plain"), se: nodesOf("se") }),
    titled: (name) => name,
  };
}

async function modelPair(
  options: RunOptions,
  target: ProbedTarget,
  profile: Profile,
  fed: FedModel,
): Promise<ExplainedPair> {
  const { name, se, plain } = fed.model;
  if (plain === null) {
    throw new InputError(`${name} has no SE that can be cut out, so there is no overhead of it`, {
      remedy: "bench run --model measures the file by itself",
    });
  }
  const [plan] = planModels([target], profile, [fed], options.selection.seconds);
  const lack = lackOfModel(plan!);
  if (lack !== null) throw new InputError(lack.reason, { remedy: lack.remedy });
  const { files, nodes, titled } = markedPair({ ...fed, plain }, target.runtime);
  const hash = { plain: plain.sha256, se: se.sha256 };
  return {
    plan: plan!,
    members: files,
    weights: { kind: "model", name, sha256: se.sha256, hash },
    nodes,
    titled,
  };
}

/** A model that has a twin. */
interface Paired extends FedModel {
  readonly plain: ModelMember;
}

/** Both members of a model, as files whose kernels can be told apart by the nodes' names. */
interface MarkedPair {
  readonly files: FileMembers;
  /** The nodes of both members as the runtime runs them. */
  nodes(): Promise<Parameters<typeof attribute>[1]>;
  /** A name of a kernel with the user's name of its node. */
  titled(name: string): string;
}

/**
 * Gives the files of a model and its twin for a runtime that is profiled. An engine that loads ONNX
 * is given copies in which every node has a name of its own; the network that others are given has
 * such names already.
 */
function markedPair(fed: Paired, runtime: RuntimeId): MarkedPair {
  if (!loadsOnnx(runtime))
    return { files: filesOf(fed), nodes: importedNodes(fed), titled: asItIs };
  const { model, plain, given } = fed;
  const { se } = model;
  // The twin's folder is the run's own, and has copies of the files that hold weights.
  const folder = dirname(plain.file.path);
  const from = se.file.external.length === 0 ? se.file.path : join(folder, seatedName);
  const to = { se: join(folder, "marked.onnx"), plain: join(folder, "marked-twin.onnx") };
  const sizes = new Map(Object.entries(se.file.sizes));
  const nodes = writeMarked({ se: from, plain: plain.file.path }, to, sizes);
  const titles = new Map(nodes.se.map(({ name, title }) => [name, title]));
  const at = (path: string, file: ModelFileDescription) => ({ ...file, path });
  return {
    files: {
      kind: "files",
      files: [at(to.plain, plain.file), at(to.se, se.file)],
      inputs: given.path,
    },
    nodes: async () => ({ plain: { nodes: nodes.plain }, se: { nodes: nodes.se } }),
    titled: (name) => name.replaceAll(markPattern, (mark) => titles.get(mark) ?? mark),
  };
}

const markPattern = /<\d+>/g;

const asItIs = (name: MarkedNode["title"]) => name;

/** The nodes of the networks that a model and its twin are imported as. */
const importedNodes =
  ({ model, plain }: Paired): MarkedPair["nodes"] =>
  async () => {
    const nodesOf = ({ file }: ModelMember) => {
      const { network, weights } = importedFile(file);
      return lower(network, weights, "conv1x1", { batch: model.batch }).network;
    };
    return { plain: nodesOf(plain), se: nodesOf(model.se) };
  };

/** What a record of a case that was taken apart says of itself and of the case. */
export async function explainedBy(
  { network, plain, imageSize, batch, precision, lowering }: CasePlan,
  answering: Subject["answering"],
  started: string,
) {
  const origin = await originOf(started);
  return { ...origin, ...answering, network, plain, imageSize, batch, precision, lowering };
}

export async function describeExplanation(
  { pair, measurement }: ExplainedCase,
  answering: Subject["answering"],
  started: string,
): Promise<ExplanationRecord> {
  const { plan } = pair;
  const { replicas, attestation } = measurement;
  const { overhead, ...attribution } = attribute(replicas, await pair.nodes());
  const proven = (member: Member) =>
    ({ ...attestation[member], proven: true, reason: null }) as const;
  const runs = (member: Member) =>
    replicas.reduce((sum, { profiles: own }) => sum + own[member].runs, 0);
  const titled = (member: Member) =>
    attribution.kernels[member].map((kernel) => {
      const { node, of } = kernel;
      return Object.assign({}, kernel, {
        node: pair.titled(node),
        of: of && pair.titled(of),
      });
    });
  return {
    schema: explanationVersion,
    ...(await explainedBy(plan, answering, started)),
    weights: pair.weights,
    attestation: { plain: proven("plain"), se: proven("se") },
    replicas: replicas.length,
    runs: { plain: runs("plain"), se: runs("se") },
    ...attribution,
    kernels: { plain: titled("plain"), se: titled("se") },
    overhead: { ratio: overhead.ratio, interval: overhead.interval },
  };
}
