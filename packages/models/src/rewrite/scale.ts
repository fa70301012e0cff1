import type { Block } from "../blocks/block.ts";
import { titleOf } from "../graph/model.ts";
import { attribute } from "./graph-edit.ts";
import { blockTitle, type Place, type Rewriting } from "./rewriting.ts";

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
