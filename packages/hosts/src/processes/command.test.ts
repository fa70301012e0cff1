import { expect, test } from "vitest";
import { firstError, runCommand } from "./command.ts";

test("the reason of a failure is the line that speaks of the error", () => {
  const output = [
    "Downloading Chrome for Testing",
    "\u001B[31mError: connect ECONNREFUSED 127.0.0.1:9\u001B[39m",
    "    at TCPConnectWrap.afterConnect",
    "Failed to install browsers",
  ].join("\n");
  expect(firstError(output)).toBe("Error: connect ECONNREFUSED 127.0.0.1:9");
});

test("without such a line it is the last one", () => {
  expect(firstError("one\ntwo\n\n")).toBe("two");
  expect(firstError("\n")).toBeNull();
});

test("a command that fails with other words is said to have ended, and with which code", async () => {
  const script = `console.log("Firefox 1"); process.exit(3)`;
  const running = runCommand(process.execPath, ["--eval", script], { timeLimitMs: 30_000 });
  await expect(running).rejects.toThrow("it ended with code 3: Firefox 1");
});

test("progress comes line by line, without stack traces", async () => {
  const lines: string[] = [];
  const script = `console.log("first"); console.log("    at second"); console.error("third")`;
  await runCommand(process.execPath, ["--eval", script], {
    timeLimitMs: 30_000,
    onProgress: (line) => lines.push(line),
  });
  expect(lines.toSorted()).toEqual(["first", "third"]);
});

test("a command that takes too long is ended, and that is the reason", async () => {
  const running = runCommand(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], {
    timeLimitMs: 500,
  });
  await expect(running).rejects.toThrow("not done within 0.5 s");
});
