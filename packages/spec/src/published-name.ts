import { type Layout, type ModelName, modelTable } from "./model-table.ts";

/** What a name that weights were published under stands for. */
export interface PublishedName {
  readonly model: ModelName;
  readonly se: boolean;
  readonly layout: Layout;
}

const pattern = /^(legacy_|se_)?(se)?(resnet|resnext)(\d+)(?:_(\d+x\d+d))?$/;

/**
 * Reads the names of timm (`seresnet50`, `seresnext50_32x4d`, `legacy_senet154`)
 * and Cadene (`se_resnet50`), which say the layout as well. Null where it is none.
 */
export function readPublishedName(text: string): PublishedName | null {
  if (text === "legacy_senet154") {
    return { model: "plain-senet154", se: true, layout: "timm-legacy" };
  }
  const match = pattern.exec(text);
  if (!match) return null;
  const [, prefix, withSe, family, depth, groups] = match;
  const model = `${family}${depth}${groups === undefined ? "" : `-${groups}`}`;
  const cadene = prefix === "se_";
  // `legacy_resnet50` and `se_seresnet50` are nobody's names.
  if (!isModel(model) || (prefix === "legacy_" && !withSe) || (cadene && withSe)) return null;
  const se = cadene || withSe !== undefined;
  const layout = prefix === undefined ? (se ? "timm" : "torchvision") : "timm-legacy";
  return { model, se, layout };
}

function isModel(text: string): text is ModelName {
  return Object.hasOwn(modelTable, text);
}
