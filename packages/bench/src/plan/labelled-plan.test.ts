import type { WeightsOrigin } from "@sebench/results";
import { expect, test } from "vitest";
import type { NetworkPlan } from "./case-plan.ts";
import { planLabelled } from "./labelled-plan.ts";
import { profiles } from "./profile.ts";

const hash = { plain: "1".repeat(64), se: "2".repeat(64) };
const trained: WeightsOrigin = { kind: "trained", dataset: "fashion-mnist", hash };
const file = { name: "ten-classes.safetensors", keys: "timm", sha256: "3".repeat(64) } as const;

const caseOn = (dataset: "fashion-mnist" | "photographs") =>
  ({ images: { dataset, count: 16 } }) as NetworkPlan;

test("full asks about all images that ship, quick about as many as it has time for", () => {
  const images = { dataset: "fashion-mnist", count: 1000 };
  const plan = caseOn("fashion-mnist");
  expect(planLabelled(plan, trained, profiles.full)).toMatchObject({ images, budgetMs: null });
  expect(planLabelled(plan, trained, profiles.quick)).toMatchObject({ images, least: 16 });
  expect(planLabelled(plan, trained, profiles.quick)!.budgetMs).toBeLessThanOrEqual(10_000);
});

test.each<[string, Parameters<typeof planLabelled>[0], WeightsOrigin]>([
  ["seeded weights", caseOn("fashion-mnist"), { kind: "seeded", seed: 1 }],
  [
    "files of weights, whatever their classes",
    caseOn("fashion-mnist"),
    { kind: "checkpoint", files: { se: file, plain: null } },
  ],
  ["images that the weights have not learned", caseOn("photographs"), trained],
])("nothing is asked of %s", (_what, plan, origin) => {
  expect(planLabelled(plan, origin, profiles.full)).toBeNull();
});
