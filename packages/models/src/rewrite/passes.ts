import { findBlocks } from "../blocks/find-blocks.ts";
import { hardFormFrom } from "../blocks/hard-swish.ts";
import { type Model, titleOf } from "../graph/model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { affinesAsConvolutions, foldBackward, foldForward } from "./affine-fold.ts";
import { convolutionsAsDense, denseAsConvolutions } from "./dense.ts";
import { attribute } from "./graph-edit.ts";
import type { RewriteName } from "./pass-names.ts";
import { type Place, Rewriting, type Step } from "./rewriting.ts";
import { gatesAsMaps, meansAsPools, poolsAsMeans, residualSums } from "./squeeze-and-scale.ts";

/** The steps of every pass; the pass that fixes sizes has none, and takes those that are given. */
const stepsOf: Readonly<Record<RewriteName, readonly Step[]>> = {
  "fixed-sizes": [],
  activation: [hardActivations],
  "affine-fold": [foldBackward, foldForward],
  "affine-conv": [affinesAsConvolutions],
  residual: [residualSums],
  "global-pool": [meansAsPools],
  "reduce-mean": [poolsAsMeans],
  conv1x1: [denseAsConvolutions],
  gemm: [convolutionsAsDense],
  "gate-resize": [gatesAsMaps],
};

/** A model after a pass, and what the pass did. */
export interface Rewritten {
  readonly model: Model;
  /** The names of what was rewritten. */
  readonly done: readonly string[];
  /** The places that were left as they are, with the reason of each. */
  readonly refused: readonly { readonly at: string; readonly why: string }[];
}

/**
 * Rewrites a model by one pass, in memory; `writeModel` writes it to a file.
 *
 * @param sizes The sizes that the pass `fixed-sizes` writes.
 * @throws InputError for sizes that the inputs cannot have
 */
export function rewriteModel(
  model: Model,
  name: RewriteName,
  sizes: InputSizes = new Map(),
): Rewritten {
  const pinned = name === "fixed-sizes" ? pinSizes(model, sizes) : { model, places: [] };
  const places: Place[] = [...pinned.places];
  let current = pinned.model;
  for (const step of stepsOf[name]) {
    const blocks = findBlocks(inferShapes(current));
    const rewriting = new Rewriting(current, inferShapes(withoutDefaults(current)), blocks);
    const found = step(rewriting);
    places.push(...found);
    if (found.some(({ refused }) => refused === null)) current = rewriting.finish();
  }
  return {
    model: current,
    done: places.flatMap(({ at, refused }) => (refused === null ? [at] : [])),
    refused: places.flatMap(({ at, refused }) => (refused === null ? [] : [{ at, why: refused }])),
  };
}

/** The version of the file format from which on a run may give another tensor for a default. */
const defaultsGiveWaySince = 4;

/** A model in which a tensor that a run may give another for is an input, and no constant. */
function withoutDefaults(model: Model): Model {
  const { graph, irVersion } = model;
  if (irVersion < defaultsGiveWaySince || graph.defaults.size === 0) return model;
  const isDefault = ({ name }: { readonly name: string }) => graph.defaults.has(name);
  const given = graph.constants.filter(isDefault);
  const constants = graph.constants.filter((constant) => !isDefault(constant));
  const inputs = [...graph.inputs, ...given.map(({ name, type, dims }) => ({ name, type, dims }))];
  return { ...model, graph: { ...graph, constants, inputs } };
}

/**
 * Writes sizes into a model's inputs, which then take no other. An engine that knows every shape
 * fuses more.
 *
 * @throws InputError for sizes that the inputs cannot have
 */
function pinSizes(model: Model, sizes: InputSizes): { model: Model; places: Place[] } {
  const { inputs } = inferShapes(model, sizes);
  const places = inputs.flatMap(({ name, dims }, at): Place[] => {
    const before = model.graph.inputs[at]!.dims;
    const isPinned = dims?.every((dim) => typeof dim === "number") ?? false;
    const isNew = dims?.some((dim, axis) => dim !== before?.[axis]) ?? false;
    return isPinned && isNew ? [{ at: `the input ${name}`, refused: null }] : [];
  });
  return { model: { ...model, graph: { ...model.graph, inputs } }, places };
}

/** The version of the operators since which HardSwish is one. */
const hardSwishSince = 14;

/**
 * The step that writes a hard-swish in four operators as `HardSwish`, or as `x * HardSigmoid(x)` where
 * the file's opset has no such operator, and a hard-sigmoid in three as `HardSigmoid`.
 */
function hardActivations({ nodes, view, shaped, edit, opset }: Rewriting): Place[] {
  return nodes.flatMap((node): Place[] => {
    const found = hardFormFrom(node, view, shaped.known);
    if (found === null) return [];
    const { kind, x, last } = found;
    const [output] = last.outputs as [string];
    const attributes = { alpha: attribute.float(1 / 6), beta: attribute.float(0.5) };
    if (kind === "hard-sigmoid") {
      edit.write({ op: "HardSigmoid", inputs: [x], attributes, output }, output);
    } else if (opset >= hardSwishSince) {
      edit.write({ op: "HardSwish", inputs: [x], output }, output);
    } else {
      const gate = edit.write({ op: "HardSigmoid", inputs: [x], attributes }, `${output}/gate`);
      edit.write({ op: "Mul", inputs: [x, gate], output }, output);
    }
    edit.replace(last);
    return [{ at: titleOf(last), refused: null }];
  });
}
