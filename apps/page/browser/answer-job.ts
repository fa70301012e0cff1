import {
  answerOnEngine,
  type AnswerTo,
  type EngineJob,
  type JobObserver,
  type JobProgress,
  type ModelSource,
  type PageDriver,
  type PageOutcome,
  readRunInputs,
  type Supplied,
  type Supply,
  type SupplyRequest,
} from "@sebench/jobs";
import type { GpuConditions, RoundConditions } from "@sebench/measure";
import { InputError, type Network, type Tensor, describeError } from "@sebench/spec";
import { readSafetensors, toWeights } from "@sebench/weights";
import { loadEngine } from "./engines.ts";

/**
 * A supply that asks the page's driver for what a job needs, and fetches it from the page's server.
 */
function fetchedSupply(driver: PageDriver): Supply {
  const ask = async <Asked extends SupplyRequest>(request: Asked) =>
    (await driver.supply(request)) as Supplied[Asked["what"]];
  return {
    async model(model) {
      const source = await ask({ what: "model", model });
      return { ...(await fetchNetwork(source)), classes: source.classes };
    },
    async file(file) {
      const { url, external } = await ask({ what: "file", file });
      const source = await fetchBytes(url);
      const beside = [];
      for (const each of external) {
        beside.push({ path: each.path, data: await fetchBytes(each.url) });
      }
      const byteLength = beside.reduce((sum, { data }) => sum + data.length, source.length);
      return { source, external: beside, byteLength };
    },
    async imported(file) {
      const source = await ask({ what: "imported", file });
      return fetchNetwork(source);
    },
    inputs: async (path) => readRunInputs(await fetchBytes(await ask({ what: "inputs", path }))),
    async images(images, imageSize) {
      return fetchImages(await ask({ what: "images", images, imageSize }));
    },
    async labelled(range) {
      const { images, labels, broken, hashes } = await ask({ what: "labelled", range });
      const none = { shape: [0], data: new Float32Array() };
      return {
        images: images === null ? none : await fetchImages(images),
        labels: Int32Array.from(labels),
        broken,
        hashes,
      };
    },
  };
}

async function fetchNetwork({ network, weights }: Omit<ModelSource, "classes">) {
  return {
    network: (await (await fetchOk(network)).json()) as Network,
    weights: toWeights(readSafetensors(await fetchBytes(weights))),
  };
}

async function fetchImages(url: string): Promise<Tensor> {
  const images = toWeights(readSafetensors(await fetchBytes(url))).get("images");
  if (images) return images;
  throw new InputError(`${url} holds no tensor "images"`);
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchOk(url)).arrayBuffer());
}

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url);
  if (response.ok) return response;
  throw new Error(`${url} answers ${response.status} ${response.statusText}`);
}

/** Answers one job, and tells the person who watches how far it is. It never rejects. */
export async function answerJob<Asked extends EngineJob>(
  job: Asked,
  driver: PageDriver,
): Promise<PageOutcome<AnswerTo<Asked>>> {
  const status = new StatusLine(job, driver);
  try {
    const observer: JobObserver = {
      say: (words) => status.say(words),
      onProgress: (progress) => status.show(progress),
      ...watchOf(driver),
    };
    const supply = fetchedSupply(driver);
    const answer = await answerOnEngine(job, loadEngine, { supply, observer });
    await status.say("done");
    return { ok: true, answer };
  } catch (error) {
    await status.say(`failed: ${String(error)}`);
    return { ok: false, error: describeError(error) };
  }
}

/** The watch of the machine by the page's driver, or nothing where the driver does not watch. */
function watchOf({
  conditions: ask,
  memory,
}: PageDriver): Pick<JobObserver, "conditions" | "memory"> {
  return {
    ...(memory && { memory: () => memory("steady") }),
    ...(ask && {
      conditions: {
        start: () => ask("start") as Promise<void>,
        mark: () => ask("mark") as Promise<void>,
        lap: () => ask("lap") as Promise<RoundConditions>,
        stop: () => ask("stop") as Promise<GpuConditions[]>,
      },
    }),
  };
}

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
  starts: "starting anew",
  serving: "serving",
  soak: "running over and over",
  attest: "proving which device did the work",
};

/** Tells the person who watches the page, and its driver, how far the case is. */
class StatusLine {
  readonly #title: string;
  readonly #driver: PageDriver;
  #phase: JobProgress["phase"] | null = null;
  #reportedMs = -Infinity;

  constructor(job: EngineJob, driver: PageDriver) {
    this.#driver = driver;
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
    await this.#driver.progress?.(progress);
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
