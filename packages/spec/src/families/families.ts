import { bnInception } from "./bn-inception.ts";
import type { Family } from "./family.ts";
import { ghostnet } from "./ghostnet.ts";
import { inceptionResnet } from "./inception-resnet.ts";
import { invertedResidual } from "./inverted-residual.ts";
import { mobilenet, shufflenet } from "./mobile.ts";
import type { FamilyName, ModelRow, RowOf } from "./model-table.ts";
import { preActResnet } from "./preact-resnet.ts";
import { regnet } from "./regnet.ts";
import { resnet, smallResnet } from "./resnet.ts";
import { vgg } from "./vgg.ts";

/** The definition of every family; a family without a definition does not compile. */
const families: { readonly [Name in FamilyName]: Family<RowOf<Name>> } = {
  resnet,
  "small-resnet": smallResnet,
  "preact-resnet": preActResnet,
  vgg,
  "bn-inception": bnInception,
  "inception-resnet": inceptionResnet,
  mobilenet,
  shufflenet,
  "inverted-residual": invertedResidual,
  regnet,
  ghostnet,
};

/** The definition of a row's family; the type of the table guarantees that the two fit. */
export function familyOf(row: ModelRow): Family<ModelRow> {
  return families[row.family] as Family<ModelRow>;
}
