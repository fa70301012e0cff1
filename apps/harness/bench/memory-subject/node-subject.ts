import { fork } from "node:child_process";
import { once } from "node:events";
import type { RuntimeId } from "@sebench/runtime";
import type { MemorySubject } from "./memory-subject.ts";

const entry = new URL("node-subject-process.ts", import.meta.url);

/** A subject in a process of its own, whose garbage can be collected. */
export async function nodeSubject(id: RuntimeId): Promise<MemorySubject> {
  const child = fork(entry, [id], {
    execArgv: ["--expose-gc", "--import", import.meta.resolve("tsx")],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = once(child, "exit").then(() => [{ error: "its process ended" }]);
  const answer = async (): Promise<number> => {
    const [message] = (await Promise.race([once(child, "message"), ended])) as [
      { error: string } | { resident: number },
    ];
    if ("error" in message) throw new Error(message.error);
    return message.resident;
  };
  await answer();
  return {
    residentAfter(runs) {
      child.send(runs);
      return answer();
    },
    async [Symbol.asyncDispose]() {
      child.kill();
    },
  };
}
