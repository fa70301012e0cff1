import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type CaseHost, JobError, unavailable, type Watch } from "./host.ts";
import type { AnswerTo, Job, JobMessage } from "./job.ts";

const entry = fileURLToPath(new URL("job-process.ts", import.meta.url));

/** Lines of a dead process's error output that its failure quotes. */
const quotedLines = 3;

/** Node, a process for each job. */
export const nodeHost: CaseHost = {
  name: "node",
  version: process.version,
  async probe(runtime, engine, watch) {
    try {
      return await runInProcess({ kind: "probe", runtime, engine }, watch);
    } catch (error) {
      watch.signal.throwIfAborted();
      return unavailable(error, "reinstall the dependencies: npx -y pnpm@10.34.9 install --force");
    }
  },
  measure: runInProcess,
  async [Symbol.asyncDispose]() {},
};

/**
 * Runs a job in a process of its own and ends it when it answers, when its time
 * is over, or when the person interrupts.
 */
export async function runInProcess<Of extends Job>(job: Of, watch: Watch): Promise<AnswerTo<Of>> {
  watch.signal.throwIfAborted();
  const child = fork(entry, [], {
    execArgv: ["--import", import.meta.resolve("tsx")],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  watch.signal.addEventListener("abort", kill);
  const timer = setTimeout(kill, watch.timeoutMs);
  const started = performance.now();
  try {
    return (await answerOf(child, job, watch)) as AnswerTo<Of>;
  } catch (error) {
    watch.signal.throwIfAborted();
    if (performance.now() - started < watch.timeoutMs) throw error;
    throw timedOut(watch.timeoutMs);
  } finally {
    clearTimeout(timer);
    watch.signal.removeEventListener("abort", kill);
    kill();
  }
}

export function timedOut(timeoutMs: number): JobError {
  return new JobError(`it gave no answer within ${Math.round(timeoutMs / 1000)} s and was ended`, {
    remedy: "allow more with --timeout SECONDS, or choose a smaller --network or --size",
  });
}

function answerOf(child: ChildProcess, job: Job, watch: Watch): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let errorOutput = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errorOutput = (errorOutput + text).slice(-4000);
    });
    child.on("message", (raw) => {
      const message = raw as JobMessage;
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
    });
    child.on("error", reject);
    child.on("close", (code, signal) => reject(new JobError(obituary(code, signal, errorOutput))));
    child.send(job, (error) => error && reject(error));
  });
}

/** Why a process died, in words. */
export function obituary(code: number | null, signal: string | null, errorOutput: string): string {
  const cause =
    signal === "SIGKILL"
      ? "its process was killed (SIGKILL), as the system does when memory runs out"
      : `its process ended ${signal === null ? `with code ${code}` : `by ${signal}`}`;
  const last = errorOutput.trim().split("\n").slice(-quotedLines).join(" / ");
  return last === "" ? cause : `${cause}: ${last}`;
}
