import { toldKey } from "./told-key.ts";

/** What kind of network a file's keys are of, for a person who gave the wrong one. */
export function describeKeys(keys: readonly string[]): string {
  const blocks = blocksOf(keys);
  if (blocks.length > 0) {
    const kind = keys.some((key) => key.startsWith("layer1.0.conv3.")) ? "bottleneck" : "basic";
    return `its keys are those of a ResNet of ${blocks.join(" + ")} ${kind} blocks ${seOf(keys)}`;
  }
  if (keys.length === 0) return "it holds no tensor";
  const first = keys.slice(0, 3).map(toldKey).join(", ");
  return `its keys are ${first}${keys.length > 3 ? " and so on" : ""}`;
}

/** How many `layer1`, `layer2` and so on have. */
function blocksOf(keys: readonly string[]): number[] {
  const blocks = new Map<string, Set<string>>();
  for (const key of keys) {
    const [, layer, block] = /^layer([1-9])\.(\d+)\./.exec(key) ?? [];
    if (layer === undefined || block === undefined) continue;
    blocks.set(layer, (blocks.get(layer) ?? new Set()).add(block));
  }
  return [...blocks.keys()].toSorted().map((layer) => blocks.get(layer)!.size);
}

function seOf(keys: readonly string[]): string {
  const naming = ["se_module.fc1", "se.fc1"].find((each) =>
    keys.some((key) => key.includes(`.${each}.`)),
  );
  return naming === undefined ? "without SE" : `with SE, named ${naming}`;
}
