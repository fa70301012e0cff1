import { JobError } from "@sebench/jobs";
import { type InputSizes, type Rewritten, rewriteModel } from "@sebench/models";
import type { RewriteName } from "@sebench/models/passes";
import type { PassRecord } from "@sebench/results";
import { raceFiles } from "./file-race.ts";
import type { Candidate, FileParity, Workshop } from "./workshop.ts";

/** What passes left of a model. */
interface Passed {
  readonly passes: readonly PassRecord[];
  readonly best: Candidate;
  /** The parity of the file that is left, or null where that is the untouched one. */
  readonly parity: FileParity | null;
}

/** The passes to try on a model. */
interface PassChoice {
  /** The passes, in the order in which they are tried. */
  readonly passes: readonly RewriteName[];
  readonly sizes: InputSizes;
  /** Takes what became of each pass, in words. */
  readonly tell: (line: string) => void;
}

/**
 * Tries passes one after the other. A pass is kept if the file with it is faster than the best one so
 * far beyond noise in two races, and its outputs are still right, so that a pass that is wrong takes
 * no other with it.
 */
export async function tryPasses(workshop: Workshop, choice: PassChoice): Promise<Passed> {
  const records: PassRecord[] = [];
  let best = workshop.untouched;
  let parity: FileParity | null = null;
  let races = 0;
  for (const pass of choice.passes) {
    const rewritten = rewriteModel(best.model, pass, choice.sizes);
    const record = recordOf(pass, rewritten);
    if (rewritten.done.length === 0) {
      records.push(record);
      continue;
    }
    const candidate = workshop.keep(rewritten.model);
    const raced = await raceTwice(workshop, [best, candidate], record, () => races++);
    const judged = raced.outcome === "kept" ? await checked(workshop, candidate, raced) : null;
    const decided = judged?.record ?? raced;
    records.push(decided);
    choice.tell(sentenceOf(decided));
    if (decided.outcome !== "kept") continue;
    best = candidate;
    parity = judged!.parity;
  }
  return { passes: records, best, parity };
}

/** Races a file against the best one so far; a winner must win again, as such races favour the lucky. */
async function raceTwice(
  { races }: Workshop,
  [best, candidate]: readonly [Candidate, Candidate],
  record: PassRecord,
  number: () => number,
): Promise<PassRecord> {
  let decided: PassRecord = { ...record, outcome: "slower" };
  for (let count = 0; count < 2; count++) {
    const race = await raceFiles(races, [best.file, candidate.file], number());
    if (!race.ok) return { ...record, outcome: "failed", reason: race.reason };
    const { ratio, interval } = race;
    const isFaster = interval !== null && interval[1] < 1;
    decided = { ...record, outcome: isFaster ? "kept" : "slower", gain: { ratio, interval } };
    if (!isFaster) break;
  }
  return decided;
}

/** Compares the outputs of a file that is faster with those that are right. */
async function checked(
  workshop: Workshop,
  candidate: Candidate,
  record: PassRecord,
): Promise<{ record: PassRecord; parity: FileParity | null }> {
  const failed = (reason: string) => ({ ...record, outcome: "failed", reason }) as const;
  try {
    const parity = await workshop.parityOf(candidate);
    if (parity.pass) return { record, parity };
    const apart =
      parity.relative === null
        ? "are no numbers"
        : `are ${parity.relative.toPrecision(2)} of the greatest apart`;
    const reason = `it is faster, and its outputs ${apart}, where ${parity.tolerance} is allowed`;
    return { record: failed(reason), parity: null };
  } catch (error) {
    workshop.races.signal.throwIfAborted();
    if (!(error instanceof JobError)) throw error;
    return { record: failed(error.message), parity: null };
  }
}

function recordOf(pass: RewriteName, { done, refused }: Rewritten): PassRecord {
  return { pass, places: done.length, gain: null, reason: null, refused, outcome: "nothing" };
}

function sentenceOf({ pass, outcome, places, gain, reason }: PassRecord): string {
  const where = `${pass}, ${places} ${places === 1 ? "place" : "places"}`;
  const why = reason === null ? "" : `: ${reason}`;
  if (gain === null) return `${where}: ${outcome}${why}`;
  const interval = gain.interval?.map((end) => end.toFixed(3)).join(", ") ?? "no interval";
  return `${where}: ${gain.ratio.toFixed(3)} [${interval}], ${outcome}${why}`;
}
