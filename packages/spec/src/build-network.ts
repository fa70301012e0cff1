import { GraphBuilder } from "./graph-builder.ts";
import { InputError } from "./input-error.ts";
import { layersAt } from "./layers.ts";
import { conventionOf, type ModelRow, modelTable } from "./model-table.ts";
import type { Network } from "./network.ts";
import { formatNetworkName, parseNetworkName } from "./network-name.ts";
import { residualTrunk } from "./resnet.ts";

export interface BuildOptions {
  /** Height and width of the image in pixels; default: the row's, 224 or 32. */
  readonly imageSize?: number;
  /** Length of the logits; default: the row's, 1000 or 10. */
  readonly classes?: number;
}

/** Builds the network of a name such as `se-resnet50{r=8}`, for images of three channels. */
export function buildNetwork(text: string, options: BuildOptions = {}): Network {
  const name = parseNetworkName(text);
  const row: ModelRow = modelTable[name.model];
  const size = positive("image size", options.imageSize ?? row.imageSize);
  const classes = positive("number of classes", options.classes ?? row.classes);
  const builder = new GraphBuilder(formatNetworkName(name), [3, size, size]);
  const map = residualTrunk(builder, row, conventionOf(name.layout, row), name.se);
  const head = layersAt(builder, { role: "head" });
  const pooled = head.apply("globalAvgPool", [map], "pool");
  const features = head.apply("flatten", [pooled], "flatten");
  return builder.build(
    head.dense(features, { units: classes, bias: true, local: "fc", prefix: "fc" }),
  );
}

function positive(what: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InputError(`${what} is ${value}`, { remedy: "give a whole number of at least 1" });
}
