import { InputError } from "../error/input-error.ts";
import { familyOf } from "../families/families.ts";
import { conventionOf } from "../families/family.ts";
import { rowOf } from "../families/model-table.ts";
import { GraphBuilder } from "../graph/graph-builder.ts";
import type { Network } from "../graph/network.ts";
import { formatNetworkName, parseNetworkName } from "./network-name.ts";

export interface BuildOptions {
  /** The height and width of the image in pixels; the default is the row's: 224, 299 or 32. */
  readonly imageSize?: number;
  /** The length of the logits; the default is the row's: 1000 or 10. */
  readonly classes?: number;
}

/** Builds the network of a name such as `se-resnet50{r=8}`, for images of three channels. */
export function buildNetwork(text: string, options: BuildOptions = {}): Network {
  const name = parseNetworkName(text);
  const row = rowOf(name.model);
  const size = positive("image size", options.imageSize ?? row.imageSize);
  const classes = positive("number of classes", options.classes ?? row.classes);
  const builder = new GraphBuilder(formatNetworkName(name), [3, size, size]);
  const family = familyOf(row);
  const convention = conventionOf(name.layout, row);
  const context = { builder, layout: name.layout, convention, se: name.se };
  const map = family.trunk(row, context);
  return builder.build(family.head(map, classes, context, row));
}

function positive(what: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InputError(`${what} is ${value}`, { remedy: "give a whole number of at least 1" });
}
