import type { PairedRounds } from "@sebench/measure";

export interface Visits {
  readonly rounds: number;
  /** The least number of runs in one visit. */
  readonly leastRuns: number;
  /** The least time of one visit, in ms. */
  readonly ms: number;
}

interface Runner {
  run(): Promise<unknown>;
}

/**
 * Visits both contenders in each round, in random order. `se` is the contender that is
 * measured, and `plain` the one that it is compared with.
 */
export async function visitInTurns(
  contenders: Readonly<Record<"plain" | "se", Runner>>,
  visits: Visits,
  random: () => number,
): Promise<PairedRounds> {
  const members = { plain: [] as number[][], se: [] as number[][] };
  for (let round = -1; round < visits.rounds; round++) {
    const order = random() < 0.5 ? (["plain", "se"] as const) : (["se", "plain"] as const);
    for (const member of order) {
      const samples = await visit(contenders[member], visits);
      // The first round warms up.
      if (round >= 0) members[member].push(samples);
    }
  }
  return { members: { plain: { samplesMs: members.plain }, se: { samplesMs: members.se } } };
}

async function visit({ run }: Runner, { leastRuns, ms }: Visits): Promise<number[]> {
  const samples: number[] = [];
  const end = performance.now() + ms;
  while (samples.length < leastRuns || performance.now() < end) {
    const start = performance.now();
    await run();
    samples.push(performance.now() - start);
  }
  return samples;
}
