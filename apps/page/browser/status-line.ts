import type { EngineJob, JobProgress, PageWindow } from "@sebench/jobs";

/**
 * The milliseconds between two reports of the same phase, each of which costs the page a little
 * work.
 */
const reportEveryMs = 500;

/** The milliseconds to wait for a frame at most, since a page in a hidden tab is not painted. */
const frameTimeoutMs = 50;

const phases: Readonly<Record<JobProgress["phase"], string>> = {
  prepare: "preparing both networks",
  "warm-up": "warming up",
  rounds: "measuring",
  logits: "computing the logits",
  accuracy: "running labelled images",
  oracle: "asking the oracle",
  images: "running images",
  attest: "proving which device did the work",
};

/** Tells the person who watches the page, and its driver, how far the case is. */
export class StatusLine {
  readonly #title: string;
  #phase: JobProgress["phase"] | null = null;
  #reportedMs = -Infinity;

  constructor(job: EngineJob) {
    this.#title = "measure" in job ? `${job.runtime}, batch ${job.measure.batch}` : job.runtime;
  }

  /** Writes words, and gives the page time to paint them. */
  async say(words: string): Promise<void> {
    document.querySelector("#status")!.textContent = `${this.#title}: ${words}`;
    await nextFrame();
  }

  async show(progress: JobProgress): Promise<void> {
    const now = performance.now();
    if (progress.phase === this.#phase && now - this.#reportedMs < reportEveryMs) return;
    this.#phase = progress.phase;
    await (globalThis as unknown as PageWindow).sebenchProgress?.(progress);
    await this.say(describe(progress));
    this.#reportedMs = performance.now();
  }
}

function describe(progress: JobProgress): string {
  const { phase } = progress;
  if ("done" in progress) return `${phases[phase]} (${progress.done} of ${progress.total})`;
  const { replica, replicas, rounds, elapsedMs, labelled } = progress;
  if (labelled) return `${phases[phase]} (${labelled.done} of ${labelled.total})`;
  const seconds = Math.round(elapsedMs / 1000);
  const where = `replica ${replica} of at most ${replicas}, ${rounds} rounds, ${seconds} s`;
  return `${phases[phase]} (${where})`;
}

/** Waits for the next frame, and leaves nothing behind that could fire during a timed run. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const frame = requestAnimationFrame(() => {
      clearTimeout(timer);
      // The timeout ends after the frame is painted.
      setTimeout(resolve);
    });
    const timer = setTimeout(() => {
      cancelAnimationFrame(frame);
      resolve();
    }, frameTimeoutMs);
  });
}
