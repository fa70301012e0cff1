import { hardFormFrom } from "../blocks/hard-swish.ts";
import { titleOf } from "../graph/model.ts";
import { attribute } from "./graph-edit.ts";
import type { Place, Rewriting } from "./rewriting.ts";

/** The version of the operators since which HardSwish is one. */
const hardSwishSince = 14;

/**
 * The step that writes a hard-swish in four operators as `HardSwish`, or as `x * HardSigmoid(x)` where
 * the file's opset has no such operator, and a hard-sigmoid in three as `HardSigmoid`.
 */
export function hardActivations({ nodes, view, shaped, edit, opset }: Rewriting): Place[] {
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
