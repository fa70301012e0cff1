import type { Watch } from "./host.ts";
import type { Answers, PairDescription } from "./job.ts";
import { runInProcess } from "./process-host.ts";
import { thisNode } from "./program/program.ts";

/** The oracle's answers in a run: a pair that several runtimes share is asked for once. */
export class OracleAnswers {
  readonly #known = new Map<string, Answers["oracle"]>();

  async of(pair: PairDescription, watch: Watch): Promise<Answers["oracle"]> {
    const key = JSON.stringify(pair);
    const known = this.#known.get(key);
    if (known) return known;
    const answer = await runInProcess(thisNode, { kind: "oracle", pair }, watch);
    this.#known.set(key, answer);
    return answer;
  }
}
