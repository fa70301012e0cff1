import { processHost, thisNode, type JobHost, type Watch } from "@sebench/hosts";
import type { AnswerTo, Job, OracleJob, RangesJob, RooflineJob } from "@sebench/jobs";
import { overheadBound, type Roofline } from "@sebench/measure";
import type { PairDescription } from "@sebench/pairs";
import { type BoundRecord, boundRecord } from "@sebench/results";
import { buildNetwork, countMacs, countParameters } from "@sebench/spec";
import type { NetworkPlan } from "../plan/case-plan.ts";

/** The ranges of the activations of a pair's members. */
export type Ranges = AnswerTo<RangesJob>;

/** Answers that several cases share, so that each job runs once in a run. */
class SharedAnswers<Asked extends Job> {
  readonly #known = new Map<string, Promise<AnswerTo<Asked>>>();

  /**
   * Gives the answer that is known under a key, or runs the job. A job that failed is run again.
   */
  protected answer(
    key: string,
    host: Pick<JobHost, "run">,
    job: Asked,
    watch: Watch,
  ): Promise<AnswerTo<Asked>> {
    const known = this.#known.get(key);
    if (known) return known;
    const answer = host.run(job, watch);
    this.#known.set(key, answer);
    answer.catch(() => this.#known.delete(key));
    return answer;
  }
}

const node = processHost(thisNode);

/** The oracle's answers in a run. */
export class OracleAnswers extends SharedAnswers<OracleJob> {
  of(pair: PairDescription, watch: Watch): Promise<AnswerTo<OracleJob>> {
    return this.answer(JSON.stringify(pair), node, { kind: "oracle", pair }, watch);
  }
}

/**
 * The ranges of the activations of a run's pairs, for int8, so that all runtimes have the same
 * model. They are measured in a process of their own, whose memory no case's figures see.
 */
export class RangeAnswers extends SharedAnswers<RangesJob> {
  of(asked: Omit<RangesJob, "kind">, watch: Watch): Promise<Ranges> {
    return this.answer(JSON.stringify(asked), node, { kind: "ranges", ...asked }, watch);
  }
}

/** The share of a case's time that probing its runtime may take. */
const probeShare = 0.5;
const fewestProbeSeconds = 2;

/** The rates at which runtimes compute and read, measured once for all forms of a pair. */
export class Rooflines extends SharedAnswers<RooflineJob> {
  /**
   * Measures the rates in a process or browser of its own. Throws a `JobError` where that fails.
   */
  of(
    plan: NetworkPlan,
    host: JobHost,
    engine: RooflineJob["engine"],
    watch: Watch,
  ): Promise<Roofline> {
    const { runtime, network, imageSize, batch, precision } = plan;
    const key = [runtime, host.name, network, imageSize, batch, precision].join(" ");
    return this.answer(key, host, rooflineJob(plan, engine), watch);
  }
}

/** The least that SE can cost in a case, by its runtime's rates and the plain network's latency. */
export function boundOf(plan: NetworkPlan, roofline: Roofline, plainMs: number): BoundRecord {
  return boundRecord.parse(overheadBound(roofline, networksOf(plan), { ...plan, plainMs }));
}

function rooflineJob(plan: NetworkPlan, engine: RooflineJob["engine"]): RooflineJob {
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

function networksOf({ network, plain, imageSize }: NetworkPlan) {
  return {
    plain: buildNetwork(plain, { imageSize }),
    se: buildNetwork(network, { imageSize }),
  };
}
