import type { Block } from "../blocks/block.ts";
import { type Dims, type Node, numberOf, numbersOf, titleOf } from "../graph/model.ts";
import { axisOf } from "../shapes/dims.ts";
import { isFullWindow } from "../shapes/window-rules.ts";
import { attribute } from "./graph-edit.ts";
import type { Place, Rewriting } from "./rewriting.ts";

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
