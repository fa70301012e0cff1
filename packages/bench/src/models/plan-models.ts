import { caseId } from "@sebench/results";
import type { Lack, RuntimeId } from "@sebench/runtime";
import type { CasePlan, ModelPlan, ProbedTarget } from "../plan/case-plan.ts";
import { paces, probedSpeed, type Profile } from "../plan/profile.ts";
import type { FedModel } from "./feed-models.ts";
import type { OpenedModel } from "./open-model.ts";

/** What a case of a model calls the way in which its file is written. */
const asIs = "as-is";
/** What a case is called whose members have their activations in the forms that engines fuse. */
export const normalisedForm = "activation";

/**
 * Plans a case of each model on each target, and a second one with the activations of both members
 * in the forms that engines fuse, where the file has others. A runtime that loads no ONNX has its case all the same,
 * which says why it cannot run where the model is not imported.
 *
 * @param seconds the time for each case that was asked for, or null where the profile chooses
 */
export function planModels(
  targets: readonly ProbedTarget[],
  profile: Profile,
  models: readonly FedModel[],
  seconds: number | null,
): ModelPlan[] {
  return targets.flatMap((target) =>
    models.flatMap((fed) => {
      const plan = planModel(target, profile, fed, seconds);
      const isTwice = fed.model.normalised !== null && loadsOnnx(target.runtime);
      if (!isTwice) return [plan];
      const other = { ...plan, lowering: normalisedForm };
      return [plan, { ...other, id: caseId(other) }];
    }),
  );
}

function planModel(
  { runtime, host, availability }: ProbedTarget,
  profile: Profile,
  { model, given }: FedModel,
  seconds: number | null,
): ModelPlan {
  const speed = probedSpeed(runtime, availability);
  const { key, batch, width, precision } = model;
  const parts = {
    runtime,
    host,
    network: key,
    imageSize: width,
    batch,
    precision,
    lowering: asIs,
  };
  return {
    id: caseId(parts),
    ...parts,
    // The twin has the name of the file that it was cut out of; a model without SE is its own.
    plain: model.plain === null ? key : `plain-${key}`,
    model,
    images: { dataset: given.source, count: given.count },
    quantisation: null,
    seconds: seconds ?? profile.secondsForOthers,
    untimed: seconds === null ? (profile.untimed[speed] ?? null) : null,
    bounded: false,
    pace: paces[speed],
    replicas: profile.replicas[speed],
  };
}

/** Whether a case runs a model's file as it is. */
export const isAsShipped = ({ lowering }: Pick<ModelPlan, "lowering">) => lowering === asIs;

/** Why a model's file does not run on a runtime, or null where it may, as networks may. */
export function lackOfModel({ model, runtime }: CasePlan): Lack | null {
  if (model === null) return null;
  const { format } = model.se.file;
  if (format === "tflite") return lackOfTflite(model.name, runtime);
  if (format === "tfjs") return lackOfGraphModel(model, runtime);
  if (model.obstacle === null || loadsOnnx(runtime)) return null;
  return {
    reason: `it loads no ONNX, and ${model.name} is not imported: ${model.obstacle}`,
    remedy: "take onnxruntime-node/cpu or onnxruntime-web/wasm, which load the file as it is",
  };
}

function lackOfTflite(name: string, runtime: RuntimeId): Lack | null {
  if (runtime.startsWith("litert-web/")) return null;
  return {
    reason: `it loads no TensorFlow Lite models, and ${name} is one`,
    remedy: "take litert-web/wasm, which loads the file as it is, or give the model as ONNX, too",
  };
}

function lackOfGraphModel({ name, refusals }: OpenedModel, runtime: RuntimeId): Lack | null {
  const refused = refusals.get(runtime);
  if (refused !== undefined) {
    return { reason: refused, remedy: "take another tfjs runtime, or give the model as ONNX" };
  }
  if (runtime.startsWith("tfjs-")) return null;
  return {
    reason: `it loads no graph models of tfjs, and ${name} is one`,
    remedy: "take tfjs-web/wasm, which loads the file as it is, or give the model as ONNX, too",
  };
}

/** Whether a runtime's engine loads ONNX files. */
export const loadsOnnx = (runtime: RuntimeId) => runtime.startsWith("onnxruntime-");
