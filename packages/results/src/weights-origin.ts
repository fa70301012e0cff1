import type { WeightsFile, WeightsOrigin } from "./case-record.ts";

/** Whether weights are the same: of one seed, or of files with the same bytes, whatever their names. */
export function sameWeights(one: WeightsOrigin, other: WeightsOrigin): boolean {
  if (one.kind === "seeded" || other.kind === "seeded") {
    return one.kind === "seeded" && other.kind === "seeded" && one.seed === other.seed;
  }
  const [here, there] = [one.files, other.files];
  return here.se.sha256 === there.se.sha256 && here.plain?.sha256 === there.plain?.sha256;
}

/** Where weights come from, in words. */
export function describeWeights(origin: WeightsOrigin): string {
  if (origin.kind === "seeded") return `seeded with ${origin.seed}`;
  const { se, plain } = origin.files;
  if (plain === null) return `SE and plain of ${describeFile(se)}`;
  return `SE of ${describeFile(se)}, plain of ${describeFile(plain)}`;
}

const keysOf: Readonly<Record<WeightsFile["keys"], string>> = {
  legacy: "legacy keys",
  timm: "timm's keys",
  plain: "keys without SE",
};

function describeFile({ name, keys, sha256 }: WeightsFile): string {
  return `${name} (${keysOf[keys]}, SHA-256 ${sha256.slice(0, 16)})`;
}
