import type { Engine, Session, StagedInput, StoredModel } from "@sebench/runtime";
import type { ByteKind, MemoryMoment, StartStep } from "@sebench/results";
import type { Tensor } from "@sebench/spec";

/** The memory of the process, or of all of the browser's processes together, in bytes. */
export interface MemoryReading {
  readonly residentBytes: number;
  /** The proportional set size, or null where the system does not tell, and at the peak. */
  readonly proportionalBytes: number | null;
}

/** The files of one member, as a deployment ships them: paths for a process, URLs for a page. */
export interface StartFiles {
  /** The JSON of a `StoredModel`'s head. */
  readonly head: string;
  /** The model's bytes. */
  readonly model: string;
  /** The first batch of images, as float32 in the machine's order of bytes. */
  readonly images: string;
}

/** What a fresh process or page is asked to do. */
export interface StartRequest {
  readonly files: StartFiles;
  /** The shape of the images, `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  /** The runs after the first answer, of which the steady median is taken. */
  readonly runs: number;
  /** The runs that are made even where they take longer than `budgetMs`. */
  readonly leastRuns: number;
  readonly budgetMs: number;
}

/** The bytes that a page loaded of one kind. */
export interface LoadedBytes {
  readonly files: number;
  /** The bytes of the files as they are. */
  readonly raw: number;
  /** The bytes that the page's server sent, with headers, by the page's own resource timing. */
  readonly sent: number;
  /** The bytes of the files after gzip, worked out from what was served. */
  readonly gzip: number;
  /** The bytes of the files after brotli, worked out from what was served. */
  readonly brotli: number;
}

/** One start of one member in a fresh process or page. */
export interface StartMeasurement {
  readonly stepsMs: Readonly<Record<StartStep, number>>;
  /** The times of the runs after the first answer. */
  readonly runsMs: readonly number[];
  /** The memory at each moment, or null where the system does not tell. */
  readonly memory: Readonly<Record<MemoryMoment, MemoryReading | null>>;
  /** The logits of the first answer, row-major `[batch, classes]`. */
  readonly first: Float32Array;
  /** The logits of the last run, for the same images. */
  readonly last: Float32Array;
  /** What was loaded over the network, by kind, or null in a process. */
  readonly bytes: Readonly<Record<ByteKind, LoadedBytes>> | null;
}

/** What a process or a page provides. */
export interface StartPlace {
  /** A clock in milliseconds. */
  now(): number;
  /** The time from the start of the process or page until it ran code, in milliseconds. */
  readonly hostMs: number;
  /** Loads the adapter; its time counts as the engine's. */
  load(): Promise<Engine>;
  read(file: string): Promise<Uint8Array>;
  /** Reads the memory; the garbage is collected first at `steady` and `disposed`. */
  memory(moment: MemoryMoment): Promise<MemoryReading | null> | MemoryReading | null;
}

/**
 * Starts a member's deployment, and runs it until it is steady. The clock stands still while
 * memory is read and while the image is fetched, which are the harness's own work.
 */
export async function measureStart(
  { files, inputShape, ...runs }: StartRequest,
  place: StartPlace,
): Promise<Omit<StartMeasurement, "bytes">> {
  const watch = stopwatch(place.now);
  const memory: Record<MemoryMoment, MemoryReading | null> = { ...noMemory };
  const look = (moment: MemoryMoment) =>
    watch.aside(async () => {
      memory[moment] = await place.memory(moment);
    });
  const images = await watch.aside(() => readImages(place, files.images, inputShape));
  await look("before");
  const { engine, session, input, first, stepsMs } = await reachFirstAnswer(images, files, {
    place,
    watch,
    look,
  });
  const { runsMs, last } = await runSteadily(session, input, runs, place.now);
  await look("steady");
  await look("peak");
  await session[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await look("disposed");
  return { stepsMs, runsMs, memory, first, last: last ?? first };
}

interface Watching {
  readonly place: StartPlace;
  readonly watch: Stopwatch;
  readonly look: (moment: MemoryMoment) => Promise<void>;
}

/** Goes through the steps of a deployment's start. */
async function reachFirstAnswer(
  images: Tensor,
  files: StartFiles,
  { place, watch, look }: Watching,
) {
  const engine = await place.load();
  const { deployment } = engine;
  if (!deployment) throw new Error("this engine cannot be started as a deployment starts it");
  await deployment.start();
  const engineMs = watch.lap();
  await look("engine");
  let stored: StoredModel | null = await readModel(place, files);
  const modelMs = watch.lap();
  const session = await deployment.open(stored);
  const sessionMs = watch.lap();
  // A deployment does not keep the file's bytes once it has its session.
  stored = null;
  await look("session");
  const input = await session.stage(images);
  const first = await session.run(input);
  const stepsMs = {
    host: place.hostMs,
    engine: engineMs,
    model: modelMs,
    session: sessionMs,
    answer: watch.lap(),
  };
  return { engine, session, input, first, stepsMs };
}

const noMemory: Readonly<Record<MemoryMoment, null>> = {
  before: null,
  engine: null,
  session: null,
  peak: null,
  steady: null,
  disposed: null,
};

type Stopwatch = ReturnType<typeof stopwatch>;

function stopwatch(now: () => number) {
  let from = now();
  return {
    /** The time since the last lap, without what was done aside. */
    lap(): number {
      const at = now();
      const ms = at - from;
      from = at;
      return ms;
    },
    /** Does work for which the clock stands still. */
    async aside<Result>(work: () => Promise<Result>): Promise<Result> {
      const began = now();
      const result = await work();
      from += now() - began;
      return result;
    },
  };
}

async function readImages(
  place: StartPlace,
  file: string,
  shape: readonly number[],
): Promise<Tensor> {
  const bytes = await place.read(file);
  // The copy starts at 0, as a view of floats must start at a multiple of four bytes.
  return { shape: [...shape], data: new Float32Array(bytes.slice().buffer) };
}

async function readModel(place: StartPlace, { head, model }: StartFiles): Promise<StoredModel> {
  const [text, bytes] = await Promise.all([place.read(head), place.read(model)]);
  return { head: JSON.parse(new TextDecoder().decode(text)) as unknown, bytes };
}

async function runSteadily(
  session: Session,
  input: StagedInput,
  { runs, leastRuns, budgetMs }: Pick<StartRequest, "runs" | "leastRuns" | "budgetMs">,
  now: () => number,
): Promise<{ runsMs: number[]; last: Float32Array | null }> {
  const runsMs: number[] = [];
  const endMs = now() + budgetMs;
  let last: Float32Array | null = null;
  while (runsMs.length < runs && (runsMs.length < leastRuns || now() < endMs)) {
    const began = now();
    last = await session.run(input);
    runsMs.push(now() - began);
  }
  return { runsMs, last };
}
