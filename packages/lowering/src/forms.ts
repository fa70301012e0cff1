import type { Network } from "@sebench/spec";
import { type LoweringContext, obstacleTo } from "./lower.ts";
import type { LoweringName } from "./lowering.ts";
import { combinations, formatLowering, parseLowering, type RecipePart } from "./recipe.ts";

/** The stages that have SE, ascending. */
export function stagesWithSe({ nodes }: Network): number[] {
  const stages = nodes.flatMap(({ role, stage }) =>
    role === "scale" && stage !== null ? [stage] : [],
  );
  return [...new Set(stages)].toSorted((one, other) => one - other);
}

/** Every way to write one stage, without its number; those of fewer rewrites first. */
export function formsOfStage(
  network: Network,
  stage: number,
  context: LoweringContext = {},
): LoweringName[] {
  return combinations
    .map((passes) => passes.join("+"))
    .filter((form) => obstacleTo(network, `${stage}:${form}/conv1x1`, context) === null);
}

/** A lowering of a network with one stage written in another form. */
export function withStage(
  network: Network,
  name: LoweringName,
  stage: number,
  form: LoweringName,
): LoweringName {
  const { layout, parts } = parseLowering(name);
  const written = parseLowering(form).parts[0]!.passes;
  const given = (of: number) =>
    parts.find(({ stages }) => stages?.includes(of)) ?? parts.find(({ stages }) => stages === null);
  const changed = stagesWithSe(network).map((of): RecipePart => {
    return { stages: [of], passes: of === stage ? written : (given(of)?.passes ?? ["conv1x1"]) };
  });
  const forms = new Set(changed.map(({ passes }) => passes.join("+")));
  const one: RecipePart = { stages: null, passes: written };
  return formatLowering({ layout, parts: forms.size === 1 ? [one] : changed });
}
