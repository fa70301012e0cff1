import { overheadBound, type Roofline } from "@sebench/measure";
import { type BoundRecord, boundRecord } from "@sebench/results";
import { buildNetwork, countMacs, countParameters } from "@sebench/spec";
import type { CaseHost, Watch } from "../host.ts";
import type { RooflineJob } from "../job.ts";
import type { CasePlan } from "../plan.ts";

/** Time for the probes, of the case's, in seconds. */
const fewestProbeSeconds = 2;
const probeShare = 0.5;

/** How fast runtimes compute and read: once for all forms of a pair. */
export class Rooflines {
  readonly #known = new Map<string, Promise<Roofline>>();

  /** In a process or browser of its own. Throws a `JobError` where that fails. */
  of(
    plan: CasePlan,
    host: CaseHost,
    engine: RooflineJob["engine"],
    watch: Watch,
  ): Promise<Roofline> {
    const { runtime, network, imageSize, batch, precision } = plan;
    const key = [runtime, host.name, network, imageSize, batch, precision].join(" ");
    const known = this.#known.get(key) ?? host.roofline(jobOf(plan, engine), watch);
    this.#known.set(key, known);
    return known;
  }
}

/** The least that SE can cost the case, by what its runtime can do and what plain takes. */
export function boundOf(plan: CasePlan, roofline: Roofline, plainMs: number): BoundRecord {
  return boundRecord.parse(overheadBound(roofline, networksOf(plan), { ...plan, plainMs }));
}

function jobOf(plan: CasePlan, engine: RooflineJob["engine"]): RooflineJob {
  const { runtime, batch, precision, seconds } = plan;
  const { plain, se } = networksOf(plan);
  const request = {
    batch,
    precision,
    parameters: countParameters(se),
    macs: countMacs(plain),
    budgetMs: 1000 * Math.max(fewestProbeSeconds, probeShare * seconds),
  };
  return { kind: "roofline", runtime, engine, request };
}

function networksOf({ network, plain, imageSize }: CasePlan) {
  return {
    plain: buildNetwork(plain, { imageSize }),
    se: buildNetwork(network, { imageSize }),
  };
}
