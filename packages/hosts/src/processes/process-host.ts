import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import {
  type AnswerTo,
  decodeMessage,
  encodeMessage,
  type Job,
  JobError,
  type ServeAnswer,
  type ServeOrder,
  type ServeRequest,
} from "@sebench/jobs";
import { type JobHost, type ServingWorker, timedOut, type Watch } from "../host/host.ts";
import type { JobMessage, WorkerMessage } from "./message.ts";
import { type ProgramFound, programs, quietVariables, sourceEnding } from "./program.ts";

const entryOf = (name: string) => fileURLToPath(new URL(`${name}${sourceEnding}`, import.meta.url));
const jobEntry = entryOf("job-process");
const startEntry = entryOf("start-process");
const serveEntry = entryOf("serve-process");

/** The number of lines of a dead process's error output that its failure quotes. */
const quotedLines = 3;

/** The longest wait for the output of a process that has ended, in milliseconds. */
const outputLimitMs = 2000;

/** Node, Bun or Deno as a host, with a process for each job. */
export function processHost(program: ProgramFound): JobHost {
  const { name, version } = program;
  return {
    name,
    version,
    remedy: programs[name].remedy,
    start: {
      quiet: Object.entries(quietVariables).map(([key, value]) => `${key}=${value}`),
      sandbox: null,
    },
    run: (job, watch) => runInProcess(program, job, watch),
    serve: (order, watch) => openWorker(program, order, watch),
    async [Symbol.asyncDispose]() {},
  };
}

/**
 * Runs a job in a process of its own, which ends when the job is answered, when its time is over,
 * or when the person interrupts.
 */
export async function runInProcess<Of extends Job>(
  { name, executablePath }: ProgramFound,
  job: Of,
  watch: Watch,
): Promise<AnswerTo<Of>> {
  watch.signal.throwIfAborted();
  const { switches, collecting } = programs[name];
  const isStart = job.kind === "start";
  const collects = isStart || job.kind === "soak";
  const spawned = isStart ? { SEBENCH_SPAWNED_MS: String(Date.now()) } : {};
  const child = fork(isStart ? startEntry : jobEntry, [], {
    execPath: executablePath,
    execArgv: collects ? [...switches, collecting] : [...switches],
    env: { ...process.env, ...environmentFor(job), ...spawned },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  const undying = new AbortController();
  // A process that waits for a driver outlives even SIGKILL, so its end is not waited for forever.
  const end = () => {
    kill();
    setTimeout(() => undying.abort(), outputLimitMs).unref();
  };
  watch.signal.addEventListener("abort", end);
  // A process whose engine is busy would not hear that its parent has ended.
  process.once("exit", kill);
  const timer = setTimeout(end, watch.timeoutMs);
  const started = performance.now();
  try {
    return (await answerOf(child, job, watch, undying.signal)) as AnswerTo<Of>;
  } catch (error) {
    const elapsedMs = performance.now() - started;
    // Ctrl-C reaches the process as well, and its end may be heard of before the signal.
    await sleep(50);
    watch.signal.throwIfAborted();
    throw elapsedMs < watch.timeoutMs ? error : timedOut(watch.timeoutMs);
  } finally {
    clearTimeout(timer);
    watch.signal.removeEventListener("abort", end);
    process.off("exit", kill);
    kill();
    child.unref();
  }
}

/**
 * The variables that native libraries read when they are loaded. They must be there when the
 * process starts: what is written to `process.env` in Bun does not reach the libraries.
 */
export function environmentFor(job: Job | ServeOrder): Readonly<Record<string, string>> {
  if (!("engine" in job)) return quietVariables;
  const { tf32 = true, threads } = job.engine;
  return {
    ...quietVariables,
    ...(tf32 ? {} : { NVIDIA_TF32_OVERRIDE: "0" }),
    ...(threads === null ? {} : { TF_NUM_INTRAOP_THREADS: String(threads) }),
  };
}

function answerOf(
  child: ChildProcess,
  job: Job,
  watch: Watch,
  undying: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let errorOutput = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errorOutput = (errorOutput + text).slice(-4000);
    });
    const onMessage = (message: JobMessage): void => {
      switch (message.kind) {
        case "progress":
          return watch.onProgress(message.progress);
        case "answer":
          return resolve(message.answer);
        case "error":
          return reject(
            new JobError(message.error.message, {
              remedy: message.error.remedy,
              cause: message.error,
            }),
          );
      }
    };
    child.on("message", (text) => {
      // What is thrown here would end the whole run, and not this job alone.
      try {
        onMessage(decodeMessage(text as string) as JobMessage);
      } catch (error) {
        reject(error);
      }
    });
    child.on("error", reject);
    const end = (code: number | null, signal: string | null) =>
      reject(new JobError(obituary(code, signal, errorOutput)));
    child.on("close", end);
    undying.addEventListener("abort", () => reject(new JobError("its process cannot be ended")));
    // What the process has started may keep its output open, so `close` is not waited for forever.
    child.on("exit", (code, signal) => setTimeout(end, outputLimitMs, code, signal).unref());
    // The job cannot be sent to a process that has died, of which `close` tells more.
    child.send(encodeMessage(job), () => {});
  });
}

/** Lines of error output that say nothing: stack traces, lone brackets, and a host's signature. */
const unquoted = /^(\s+at .*|[\s{}[\]^]*|(Node\.js|Bun) v\S+.*)$/;

/** The reason why a process died, in words for a person. */
export function obituary(code: number | null, signal: string | null, errorOutput: string): string {
  const cause =
    signal === "SIGKILL"
      ? "its process was killed (SIGKILL), as the system does when memory runs out"
      : `its process ended ${signal === null ? `with code ${code}` : `by ${signal}`}`;
  const text = stripVTControlCharacters(errorOutput);
  const lines = text.split("\n").filter((line) => !unquoted.test(line));
  const last = lines
    .slice(-quotedLines)
    .map((line) => line.trim())
    .join(" / ");
  return last === "" ? cause : `${cause}: ${last}`;
}

/** Starts a worker, which ends when it is disposed of, or when the person interrupts. */
async function openWorker(
  { name, executablePath }: ProgramFound,
  order: ServeOrder,
  watch: Watch,
): Promise<ServingWorker> {
  watch.signal.throwIfAborted();
  const child = fork(serveEntry, [], {
    execPath: executablePath,
    execArgv: [...programs[name].switches],
    env: { ...process.env, ...environmentFor(order) },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  watch.signal.addEventListener("abort", kill);
  process.once("exit", kill);
  const end = () => {
    watch.signal.removeEventListener("abort", kill);
    process.off("exit", kill);
    kill();
    child.unref();
  };
  const ask = askerOf(child, watch.timeoutMs);
  try {
    return {
      opened: await ask(order),
      pid: child.pid!,
      ask,
      async [Symbol.asyncDispose]() {
        end();
      },
    };
  } catch (error) {
    end();
    await sleep(50);
    watch.signal.throwIfAborted();
    throw error;
  }
}

/**
 * Asks a worker one thing at a time. Once its process has ended, or has given no answer within the
 * time beyond what was asked for, each question is rejected.
 */
function askerOf(child: ChildProcess, timeoutMs: number) {
  let errorOutput = "";
  let ended: Error | null = null;
  let take: (answer: ServeAnswer) => void = () => {};
  let refuse: (error: Error) => void = () => {};
  const fail = (error: Error) => {
    ended ??= error;
    refuse(ended);
  };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errorOutput = (errorOutput + text).slice(-4000);
  });
  child.on("message", (text) => {
    // What is thrown here would end the whole run.
    try {
      const message = decodeMessage(text as string) as WorkerMessage;
      if (message.kind === "answer") return take(message.answer);
      const { error } = message;
      fail(new JobError(error.message, { remedy: error.remedy, cause: error }));
    } catch (error) {
      fail(error as Error);
    }
  });
  child.on("error", fail);
  const end = (code: number | null, signal: string | null) =>
    fail(new JobError(obituary(code, signal, errorOutput)));
  child.on("close", end);
  child.on("exit", (code, signal) => setTimeout(end, outputLimitMs, code, signal).unref());
  return async (message: ServeOrder | ServeRequest): Promise<ServeAnswer> => {
    if (ended !== null) throw ended;
    const limitMs = timeoutMs + ("forMs" in message ? message.forMs : 0);
    const timer = setTimeout(() => fail(timedOut(limitMs)), limitMs);
    try {
      return await new Promise((resolve, reject) => {
        [take, refuse] = [resolve, reject];
        child.send(encodeMessage(message), () => {});
      });
    } finally {
      clearTimeout(timer);
    }
  };
}
