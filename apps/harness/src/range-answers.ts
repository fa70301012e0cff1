import type { Watch } from "./host.ts";
import type { Answers, RangesJob } from "./job.ts";
import { runInProcess } from "./process-host.ts";
import { thisNode } from "./program/program.ts";

/**
 * What the activations of a run's pairs range over, for int8: pairs that several
 * runtimes share are asked for once, and so all of them have the same model. In a
 * process of its own, whose memory no case's figures see.
 */
export class RangeAnswers {
  readonly #known = new Map<string, Answers["ranges"]>();

  async of(job: Omit<RangesJob, "kind">, watch: Watch): Promise<Answers["ranges"]> {
    const key = JSON.stringify(job);
    const known = this.#known.get(key);
    if (known) return known;
    const answer = await runInProcess(thisNode, { kind: "ranges", ...job }, watch);
    this.#known.set(key, answer);
    return answer;
  }
}
