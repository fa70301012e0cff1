import type { RunObserver, CasePlan, Standing, TraceStep } from "@sebench/bench";
import type { Watch } from "@sebench/hosts";
import type { JobProgress } from "@sebench/jobs";
import type { Interval } from "@sebench/measure";
import {
  type CaseRecord,
  membersLosing,
  type OkCase,
  parityHolds,
  timesOfAlone,
} from "@sebench/results";
import { oneLine, visible } from "@sebench/spec";

/** The time that a case takes beyond its budget, in seconds, before any case has been seen. */
export const assumedSetup = 8;

/**
 * Tells how far a run is: in a line that keeps changing on a terminal, and elsewhere in a line when
 * a case ends.
 */
export class RunProgress implements RunObserver {
  readonly #stream: NodeJS.WriteStream;
  readonly #cases: readonly CasePlan[];
  readonly #now: () => number;
  #index = 0;
  #caseStarted = 0;
  /** The seconds that ended cases took beyond their budget. */
  readonly #beyond: number[] = [];

  constructor(
    cases: readonly CasePlan[],
    stream: NodeJS.WriteStream,
    now: () => number = () => performance.now(),
  ) {
    this.#cases = cases;
    this.#stream = stream;
    this.#now = now;
  }

  start([first]: readonly CasePlan[]): void {
    this.#index = this.#cases.indexOf(first!);
    this.#caseStarted = this.#now();
    this.#show("starting");
  }

  update(progress: JobProgress): void {
    this.#show(describeProgress(progress));
  }

  end(records: readonly CaseRecord[]): void {
    const seconds = (this.#now() - this.#caseStarted) / 1000;
    this.#clear();
    for (const [form, record] of records.entries()) {
      this.#beyond.push(seconds / records.length - plannedSeconds(this.#cases[this.#index]!));
      const time = form === 0 ? `${Math.round(seconds)} s` : "in the same rounds";
      const outcome = describeOutcome(record);
      this.#stream.write(`${this.#position()} ${record.id}: ${outcome} (${time})\n`);
      this.#index++;
    }
  }

  /** Writes words on a line that stays. */
  note(text: string): void {
    this.#clear();
    this.#stream.write(`${this.#position()} ${visible(text)}\n`);
  }

  /** Clears what a case that was cut short still shows. */
  close(): void {
    this.#clear();
  }

  /** The seconds until the run ends, by the budgets and by what ended cases took beyond theirs. */
  secondsLeft(): number {
    const setup =
      this.#beyond.length === 0
        ? assumedSetup
        : this.#beyond.reduce((sum, each) => sum + each, 0) / this.#beyond.length;
    const left = this.#cases
      .slice(this.#index)
      .reduce((sum, plan) => sum + plannedSeconds(plan) + setup, 0);
    return Math.max(0, left - (this.#now() - this.#caseStarted) / 1000);
  }

  #show(what: string): void {
    if (!this.#stream.isTTY) return;
    const plan = this.#cases[this.#index];
    if (plan === undefined) return;
    const left = formatSeconds(this.secondsLeft());
    const line = `${this.#position()} ${plan.id}  ${what}  about ${left} left`;
    this.#clear();
    this.#stream.write(line.slice(0, this.#stream.columns - 1));
  }

  #clear(): void {
    if (!this.#stream.isTTY) return;
    this.#stream.cursorTo(0);
    this.#stream.clearLine(0);
  }

  #position(): string {
    return `[${this.#index + 1}/${this.#cases.length}]`;
  }
}

function plannedSeconds({ seconds, untimed }: CasePlan): number {
  return untimed === null ? seconds : 0;
}

export function describeProgress(progress: JobProgress): string {
  switch (progress.phase) {
    case "oracle":
      return `oracle: image ${progress.done} of ${progress.total}`;
    case "images":
      return `image ${progress.done} of ${progress.total}`;
    case "serving":
      return `as a server meets it: ${progress.done} of ${progress.total} s`;
    case "starts":
      return `start ${progress.done + 1} of ${progress.total}`;
    case "soak":
      return `run ${progress.done} of ${progress.total}`;
    case "prepare":
    case "warm-up":
    case "rounds": {
      const at = `replica ${progress.replica} of ${progress.replicas}, ${progress.phase}`;
      const rounds = progress.phase === "rounds" ? `, ${progress.rounds} rounds` : "";
      return `${at}${rounds}${formatInterval(progress.interval)}`;
    }
    case "logits":
      return "parity";
    case "accuracy":
      return `accuracy: image ${progress.labelled?.done} of ${progress.labelled?.total}`;
    case "attest":
      return "attestation";
  }
}

function formatInterval(interval: Interval | null): string {
  if (interval === null) return "";
  const [low, high] = interval.map((ratio) => ((ratio - 1) * 100).toFixed(1));
  return `, overhead ${low} to ${high} %`;
}

export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The outcome of a case in a few words, for the progress. */
function describeOutcome(record: CaseRecord): string {
  switch (record.status) {
    case "ok": {
      const percent = (record.overhead.ratio - 1) * 100;
      const parity = parityHolds(record) ? "" : ", PARITY LOST";
      return `SE costs ${percent >= 0 ? "+" : ""}${percent.toFixed(1)} %${parity}${describeAccuracy(record)}`;
    }
    case "untimed":
      return `device proven, not timed; parity ${parityHolds(record) ? "holds" : "LOST"}`;
    case "alone": {
      const { parity } = record;
      const times = timesOfAlone(record);
      const took = times === null ? "not timed" : `${times.latencyMs.p50.toPrecision(3)} ms`;
      return `${took}; parity ${parity.se.pass ? "holds" : "LOST"}`;
    }
    case "failed":
    case "unavailable":
      return `${record.status}: ${oneLine(record.reason.split("\n")[0]!)}`;
  }
}

function describeAccuracy({ accuracy }: OkCase): string {
  if (accuracy === null) return "";
  const [plain, se] = [accuracy.plain, accuracy.se].map(({ top1 }) => (100 * top1).toFixed(1));
  const lost = membersLosing(accuracy).length === 0 ? "" : ", ACCURACY LOST";
  return `, top-1 ${plain} % plain and ${se} % SE${lost}`;
}

/**
 * Tells how far a case is: in a line that keeps changing on a terminal, and elsewhere in a line for
 * each replica.
 */
export function caseProgress(): Watch["onProgress"] {
  const { stderr } = process;
  let told = "";
  return (progress) => {
    const line = describeProgress(progress);
    if (stderr.isTTY) {
      stderr.write(`\r\u001B[K${line}`);
    } else if (progress.phase === "prepare" && line !== told) {
      told = line;
      stderr.write(`${line}\n`);
    }
  };
}

/** The milliseconds between two lines where the output is no terminal. */
const quietMs = 10_000;

/**
 * Tells how far a job's images are: in a line that keeps changing on a terminal, and elsewhere now
 * and then.
 */
export function imageProgress(what: string): Watch["onProgress"] {
  return throttledProgress((progress) =>
    progress.phase === "images" ? `${what}: image ${progress.done} of ${progress.total}` : null,
  );
}

/** Tells what `describe` says of the progress, and nothing where that is null. */
function throttledProgress(
  describe: (progress: JobProgress) => string | null,
): Watch["onProgress"] {
  const { stderr } = process;
  let told = -Infinity;
  return (progress) => {
    const line = describe(progress);
    if (line === null) return;
    if (stderr.isTTY) {
      stderr.write(`\r\u001B[K${line}`);
    } else if (performance.now() - told > quietMs) {
      told = performance.now();
      stderr.write(`${line}\n`);
    }
  };
}

/**
 * Tells how far a soak is: in a line that keeps changing on a terminal, and elsewhere now and then.
 */
export function soakProgress(): Watch["onProgress"] {
  return throttledProgress(describeProgress);
}

/** Clears what the last job still shows. */
export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
}

/** The outcome of one race of a search, in a line. */
export function describeStep(
  { where, standings, chosen, why, elapsedMs }: TraceStep,
  budgetSeconds: number,
): string {
  const raced = standings.length === 0 ? "" : `${standings.map(describeStanding).join(", ")}: `;
  const time = `${formatSeconds(elapsedMs / 1000)} of ${formatSeconds(budgetSeconds)}`;
  return `  ${where}: ${raced}${chosen.join(", ")} (${why}; ${time})`;
}

function describeStanding(standing: Standing): string {
  if (!standing.ok)
    return `${standing.lowering} failed, ${oneLine(standing.reason.split("\n")[0]!)}`;
  const { lowering, ratio, interval } = standing;
  const percent = (of: number) => ((of - 1) * 100).toFixed(1);
  const within = interval === null ? "" : ` [${percent(interval[0])}, ${percent(interval[1])}]`;
  return `${lowering} ${ratio >= 1 ? "+" : ""}${percent(ratio)} %${within}`;
}
