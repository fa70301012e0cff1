import type { Block } from "../blocks/block.ts";
import { type Dims, type Node, numberOf, numbersOf, titleOf } from "../graph/model.ts";
import { axisOf } from "../shapes/dims.ts";
import { isFullWindow } from "../shapes/window-rules.ts";
import { attribute } from "./graph-edit.ts";
import { blockTitle, type Place, type Rewriting } from "./rewriting.ts";

/** The version of the operators since which ReduceMean has its axes as an input. */
const axesAsInputSince = 18;

/** The step that writes means over height and width as GlobalAveragePool. */
export function meansAsPools({ nodes, shaped: { known }, edit }: Rewriting): Place[] {
  return nodes.flatMap((node): Place[] => {
    if (node.domain !== "") return [];
    const map = known.dimsOf(node.inputs[0]);
    const isPool =
      node.op === "AveragePool" && isFullWindow(node, map, known.dimsOf(node.outputs[0]));
    const isMean = node.op === "ReduceMean" && map?.length === 4 && isOverSpace(node, map, known);
    if (!isPool && !isMean) return [];
    const at = titleOf(node);
    if (isPool && hasPads(node)) return [{ at, refused: "its window takes in more than the map" }];
    const [output] = node.outputs as [string];
    const inputs = [node.inputs[0]!];
    if (isPool || numberOf(node, "keepdims", 1) === 1) {
      edit.write({ op: "GlobalAveragePool", inputs, output }, output);
    } else {
      const pooled = edit.write({ op: "GlobalAveragePool", inputs }, `${output}/pool`);
      edit.write({ op: "Flatten", inputs: [pooled], output }, output);
    }
    edit.replace(node);
    return [{ at, refused: null }];
  });
}

function hasPads(node: Node): boolean {
  const pads = numbersOf(node, "pads");
  return pads !== null && pads.some((pad) => pad !== 0);
}

function isOverSpace(node: Node, map: Dims, known: Rewriting["shaped"]["known"]): boolean {
  const given = numbersOf(node, "axes") ?? known.numbersOf(node.inputs[1] || undefined) ?? [];
  const axes = given.flatMap((axis) =>
    typeof axis === "number" ? [axisOf(axis, map.length)] : [],
  );
  return axes.length === 2 && given.length === 2 && axes.includes(2) && axes.includes(3);
}

/** The step that writes the GlobalAveragePool of squeezes as ReduceMean. */
export function poolsAsMeans({ blocks, shaped: { known }, edit, opset }: Rewriting): Place[] {
  const pools = new Set(blocks.flatMap(({ squeezes }: Block) => squeezes));
  return [...pools].flatMap((node): Place[] => {
    if (node.op !== "GlobalAveragePool") return [];
    const at = titleOf(node);
    if (known.dimsOf(node.inputs[0])?.length !== 4) {
      return [{ at, refused: "its map is not known to have four axes" }];
    }
    const [output] = node.outputs as [string];
    const asInput = opset >= axesAsInputSince;
    const axes = asInput ? [edit.integers(`${output}/axes`, [2, 3])] : [];
    const own = asInput ? {} : { axes: attribute.ints([2, 3]) };
    const attributes = { ...own, keepdims: attribute.int(1) };
    edit.write(
      { op: "ReduceMean", inputs: [node.inputs[0]!, ...axes], attributes, output },
      output,
    );
    edit.replace(node);
    return [{ at, refused: null }];
  });
}

/** The other operand of a block's product, which is the gate. */
function gateOf({ product, operand }: Block): string {
  const [one, other] = product.inputs as [string, string];
  return one === operand ? other : one;
}

/** The step that writes `x + x*s` as `x*(1+s)`: the same, and one pass over the map less. */
export function residualSums({ blocks, shaped: { known }, edit }: Rewriting): Place[] {
  return blocks.flatMap((block): Place[] => {
    const { kind, product, sum, operand } = block;
    if (kind !== "residual" || sum === null) return [];
    const at = blockTitle(block);
    const isDirect = sum.inputs.includes(product.outputs[0]!) && sum.inputs.includes(operand);
    if (!isDirect) return [{ at, refused: "its sum reads the map or the product in another form" }];
    if (product.op !== "Mul") return [{ at, refused: `its product is a ${product.op}` }];
    const gate = gateOf(block);
    if (!isFloat32(block, known)) return [{ at, refused: "its weights are not float32" }];
    const [output] = sum.outputs as [string];
    const one = edit.floats(`${output}/one`, [1], [1]);
    const shifted = edit.write({ op: "Add", inputs: [gate, one] }, `${output}/gate`);
    edit.write({ op: "Mul", inputs: [operand, shifted], output }, output);
    edit.replace(sum);
    return [{ at, refused: null }];
  });
}

/** Whether a block computes in float32, as its weights tell. */
function isFloat32({ weights }: Block, known: Rewriting["shaped"]["known"]): boolean {
  const types = [...weights.keys()].map((name) => known.constants.get(name)?.type);
  return types.length > 0 && types.every((type) => type === 1);
}

/** The versions since which factors are an input, Resize says how it rounds, and its region is optional. */
const resizeSince = { factorsAsInput: 9, asymmetric: 11, regionOptional: 13 };

/**
 * The step that repeats a gate over its map by nearest neighbour and multiplies equal shapes, for which
 * an engine keeps the layout that it computes in.
 */
export function gatesAsMaps({ blocks, shaped: { known }, edit, opset }: Rewriting): Place[] {
  return blocks.flatMap((block): Place[] => {
    const { product, operand } = block;
    const at = blockTitle(block);
    const gate = gateOf(block);
    const [map, own] = [known.dimsOf(operand), known.dimsOf(gate)];
    if (product.op !== "Mul") return [{ at, refused: `its product is a ${product.op}` }];
    if (opset < resizeSince.factorsAsInput) {
      return [{ at, refused: `opset ${opset} has no operator for it` }];
    }
    if (map?.length !== 4 || map.slice(1).some((dim) => typeof dim !== "number")) {
      return [{ at, refused: "its map's size is free" }];
    }
    const isVector = own?.length === 4 && own[1] === map[1] && own[2] === 1 && own[3] === 1;
    if (!isVector) return [{ at, refused: `its gate at ${titleOf(product)} is no [N, C, 1, 1]` }];
    const isOptional = opset < resizeSince.asymmetric || opset >= resizeSince.regionOptional;
    const region = isOptional ? "" : edit.floats(`${gate}/region`, [0], []);
    const factors = edit.floats(`${gate}/factors`, [4], [1, 1, ...(map.slice(2) as number[])]);
    const inputs = opset >= resizeSince.asymmetric ? [gate, region, factors] : [gate, factors];
    const attributes = {
      mode: attribute.text("nearest"),
      ...(opset >= resizeSince.asymmetric && {
        coordinate_transformation_mode: attribute.text("asymmetric"),
        nearest_mode: attribute.text("floor"),
      }),
    };
    const op = opset >= 10 ? "Resize" : "Upsample";
    const wide = edit.write({ op, inputs, attributes }, `${gate}/map`);
    const [output] = product.outputs as [string];
    edit.write({ op: "Mul", inputs: [operand, wide], output }, output);
    edit.replace(product);
    return [{ at, refused: null }];
  });
}
