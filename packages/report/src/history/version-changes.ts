import type { Series } from "@sebench/results";

/** The runs whose engine or host is another than that of the run before: index and what changed. */
export function versionChanges({ points }: Series): { index: number; text: string }[] {
  return points.flatMap(({ measured }, index) => {
    const before = points[index - 1]?.measured;
    if (!before) return [];
    const texts = [
      before.engineVersion === measured.engineVersion ? "" : measured.engineVersion,
      before.hostVersion === measured.hostVersion ? "" : `host ${measured.hostVersion}`,
    ].filter((text) => text !== "");
    return texts.length === 0 ? [] : [{ index, text: texts.join(", ") }];
  });
}
