import { type FileHandle, open, readFile } from "node:fs/promises";
import { replaceFile } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { z } from "zod";
import { trainingSettings } from "./settings.ts";

/** The name of the log in the folder of each run. */
export const logFile = "log.jsonl";

const start = z.object({
  kind: z.literal("start"),
  schema: z.literal("sebench-training/1"),
  time: z.string(),
  settings: trainingSettings,
  /** The number of trained parameters, without the statistics of batch norms. */
  parameters: z.number(),
  stepsPerEpoch: z.number(),
  /** The versions of tfjs-node and libtensorflow. */
  version: z.string(),
  /** The processor and the number of its cores. */
  machine: z.string(),
});
const resumed = z.object({ kind: z.literal("resumed"), time: z.string(), epoch: z.number() });
const step = z.object({
  kind: z.literal("step"),
  /** The step, from 1, over all epochs. */
  step: z.number(),
  epoch: z.number(),
  rate: z.number(),
  /** The cross-entropy in nats before the step, a mean over the batch. */
  loss: z.number(),
  /** The number of images of the batch that were recognised. */
  correct: z.number(),
});
const epoch = z.object({
  kind: z.literal("epoch"),
  epoch: z.number(),
  /** The mean loss over the epoch's steps, while the weights changed. */
  loss: z.number(),
  /** The share of the epoch's training images that were recognised, while the weights changed. */
  trainTop1: z.number(),
  /** The result on test images after the epoch, with running statistics, or null where `evaluate` leaves it out. */
  test: z
    .object({
      images: z.int().positive(),
      correct: z.int().nonnegative(),
      top1: z.number().min(0).max(1),
    })
    .refine(({ images, correct }) => correct <= images, { error: "more are right than there are" })
    .nullable(),
  seconds: z.number(),
});
/** The end of a run whose loss was no number any more before this step. */
const diverged = z.object({ kind: z.literal("diverged"), step: z.number(), epoch: z.number() });
/** The removal of the files of weights once the run has ended, of which only the log is kept. */
const removed = z.object({
  kind: z.literal("removed"),
  time: z.string(),
  epoch: z.number(),
  files: z.array(z.string()),
});
const entry = z.discriminatedUnion("kind", [start, resumed, step, epoch, diverged, removed]);

export type LogEntry = z.infer<typeof entry>;
export type EpochEntry = z.infer<typeof epoch>;
export type TestResult = NonNullable<EpochEntry["test"]>;

/** A file with one JSON object a line, written as training goes on. */
export class TrainingLog implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #path: string;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Begins a log with the entries given, in place of what the file held. */
  static async open(path: string, entries: readonly LogEntry[]): Promise<TrainingLog> {
    await replaceFile(path, entries.map(line).join(""));
    return new TrainingLog(await open(path, "a"), path);
  }

  async write(of: LogEntry): Promise<void> {
    try {
      await this.#file.appendFile(line(of));
    } catch (cause) {
      throw new InputError(`cannot write ${this.#path}: ${(cause as Error).message}`, {
        remedy: "free its disk, then go on with --resume",
        cause,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/**
 * Reads the entries of a log. A last line that was cut off is left out.
 *
 * @throws InputError where the file is not a log of training
 */
export async function readTrainingLog(path: string): Promise<LogEntry[]> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new InputError(`cannot read ${path}: ${cause.message}`, { cause });
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((each) => each !== "")
    .map((each, index) => parseLine(each, `${path}, line ${index + 1}`));
}

function parseLine(text: string, where: string): LogEntry {
  try {
    return entry.parse(JSON.parse(text));
  } catch (cause) {
    throw new InputError(`${where} is no entry of a training log`, {
      remedy: "remove its folder and train that run anew, or give another --out",
      cause,
    });
  }
}

function line(of: LogEntry): string {
  return `${JSON.stringify(of)}\n`;
}
