import type { FamilyName, ModelRow, RowOf } from "../model-table.ts";
import { bnInception } from "./bn-inception.ts";
import type { Family } from "./family.ts";
import { inceptionResnet } from "./inception-resnet.ts";
import { mobilenet } from "./mobilenet.ts";
import { preActResnet } from "./preact-resnet.ts";
import { resnet, smallResnet } from "./resnet.ts";
import { shufflenet } from "./shufflenet.ts";
import { vgg } from "./vgg.ts";

/** Total by construction: a family without its definition does not compile. */
const families: { readonly [Name in FamilyName]: Family<RowOf<Name>> } = {
  resnet,
  "small-resnet": smallResnet,
  "preact-resnet": preActResnet,
  vgg,
  "bn-inception": bnInception,
  "inception-resnet": inceptionResnet,
  mobilenet,
  shufflenet,
};

/** The definition of a row's family; the table's type guarantees that it is of the row's. */
export function familyOf(row: ModelRow): Family<ModelRow> {
  return families[row.family] as Family<ModelRow>;
}
