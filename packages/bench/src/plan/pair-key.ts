import type { CasePlan } from "./case-plan.ts";

/** The key of the runtime and host that a case runs on. */
export const targetKey = ({ runtime, host }: CasePlan) => [runtime, host].join(" ");

/** The key of the pair that a case measures on its runtime and host, in whatever form. */
export const pairKey = (plan: CasePlan) =>
  [targetKey(plan), plan.network, plan.imageSize].join(" ");
