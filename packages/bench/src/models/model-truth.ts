import { compareOutputs, type RightOutputs, stillOutputs } from "@sebench/measure";
import { processHost, thisNode, type Watch } from "@sebench/hosts";
import type { FileMembers, ProveJob } from "@sebench/jobs";
import type { NamedTensor } from "@sebench/runtime";
import type { MemberTruth, Reference } from "../case/case-proof.ts";
import type { FedModel } from "./feed-models.ts";
import type { ModelMember, ModelPair } from "./model-member.ts";

/** What is right for a model's members, and how that is known. */
export interface ModelTruth {
  readonly se: MemberTruth;
  /** The truth of the twin, or null of a model that has none. */
  readonly plain: MemberTruth | null;
  readonly reference: Reference;
  /** The first output of floats that is right for the model, run by run, and its length in a run. */
  readonly floats: { readonly logits: Float64Array; readonly classes: number };
  /** The outputs that hardly move from run to run, so that their parity shows little. */
  readonly still: readonly string[];
}

/** The files of a model as the members of a job, the twin first. */
export function filesOf({ model: { se, plain }, given }: FedModel): FileMembers {
  const files = plain === null ? [se.file] : [plain.file, se.file];
  return { kind: "files", files, inputs: given.path };
}

/** The files of a model with its activations in the forms that engines fuse, the twin first. */
export function normalisedFiles({ se, plain }: ModelPair, { given }: FedModel): FileMembers {
  return { kind: "files", files: [plain.file, se.file], inputs: given.path };
}

/** What is right for the models of a run, each of which is asked about once. */
export class ModelTruths {
  readonly #known = new Map<string, Promise<ModelTruth>>();

  of(fed: FedModel, watch: Watch): Promise<ModelTruth> {
    const { key } = fed.model;
    const known = this.#known.get(key);
    if (known) return known;
    const truth = truthOfModel(fed, watch);
    this.#known.set(key, truth);
    truth.catch(() => this.#known.delete(key));
    return truth;
  }
}

const node = processHost(thisNode);

async function truthOfModel(fed: FedModel, watch: Watch): Promise<ModelTruth> {
  const { model } = fed;
  const right = await rightOutputs(fed, watch);
  const own = right.at(-1)!;
  return {
    se: truthOf(model.se, model, own, 1),
    plain: model.plain && truthOf(model.plain, model, right[0]!, twinSlack),
    reference: referenceOf(model),
    floats: firstFloats(own),
    still: stillOutputs(own),
  };
}

function referenceOf({ obstacle, asOnnx, se }: FedModel["model"]): Reference {
  if (se.file.format === "tfjs") return "file, tfjs in plain JavaScript";
  if (asOnnx !== null) return "file as ONNX, not optimised";
  return obstacle === null ? "oracle" : "file, not optimised";
}

/** The files in the form that the reference runs, the twin first. */
function judgedFiles(fed: FedModel): FileMembers {
  const { asOnnx } = fed.model;
  if (asOnnx === null) return filesOf(fed);
  const files = asOnnx.plain === null ? [asOnnx.se] : [asOnnx.plain, asOnnx.se];
  return { kind: "files", files, inputs: fed.given.path };
}

/** The values of the first output of floats, run by run. */
function firstFloats(right: RightOutputs): ModelTruth["floats"] {
  const runs = right.map((outputs) => {
    const found = outputs.find(({ type }) => type === "float32" || type === "float64");
    return found === undefined ? [] : Float64Array.from(found.data as Float32Array);
  });
  return {
    logits: Float64Array.from(runs.flatMap((values) => [...values])),
    classes: runs[0]?.length ?? 0,
  };
}

/**
 * How many times as far as a model its twin may be off. Nothing was trained without the gates, so the
 * twin's values may cancel or grow, and their rounding with them; what is to be seen is that the runtime
 * ran the twin.
 */
const twinSlack = 100;

function truthOf(
  { parameters, macs, sha256 }: ModelMember,
  { batch, bounded }: FedModel["model"],
  right: RightOutputs,
  slack: number,
): MemberTruth {
  const names = new Set(bounded);
  return {
    parameters,
    macs: macs && Math.round(macs / batch),
    weightsHash: sha256,
    compare: (answers, tolerance) => compareOutputs(answers, right, slack * tolerance, names),
  };
}

/**
 * The outputs of each member that are right, in the members' order: by the oracle where the model is
 * imported, and else by the untouched files, node by node; those of TensorFlow Lite as ONNX, and graph
 * models by tfjs's own backend in plain JavaScript, in Node.
 */
async function rightOutputs(fed: FedModel, watch: Watch): Promise<readonly RightOutputs[]> {
  const members = judgedFiles(fed);
  const job: ProveJob = {
    kind: "prove",
    runtime: isGraphModel(fed) ? "tfjs-web/cpu" : "onnxruntime-node/cpu",
    engine: { threads: isGraphModel(fed) ? 1 : null, optimised: false },
    members,
    measure: { batch: fed.model.batch, precision: "fp32" },
  };
  const { proofs } = await node.run(job, watch);
  const untouched = proofs.map(({ outputs }) => outputs!);
  if (fed.model.obstacle !== null) return untouched;
  const exact = await node.run({ kind: "fileOracle", members }, watch);
  return untouched.map((runs, member) =>
    runs.map((run, at) => [exactly(run, exact[member]![at]!)]),
  );
}

const isGraphModel = ({ model }: FedModel) => model.se.file.format === "tfjs";

/** The only output of an imported model with the oracle's values. */
function exactly([output]: readonly NamedTensor[], data: Float64Array): NamedTensor {
  const { name, shape } = output!;
  return { name, type: "float64", shape, data };
}
