import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { hasEnded, thisProcess } from "./process-identity.ts";

test("this process has not ended", () => {
  expect(hasEnded(thisProcess())).toBe(false);
});

test("a process that was killed has ended", async () => {
  const child = spawn("sleep", ["60"]);
  const identity = { ...thisProcess(), pid: child.pid!, started: 0 };
  expect(hasEnded(identity)).toBe(false);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(hasEnded(identity)).toBe(true);
});

test.skipIf(process.platform !== "linux")(
  "a process that has the number of an earlier one is another (skipped off Linux)",
  () => {
    expect(hasEnded({ ...thisProcess(), started: 1 })).toBe(true);
  },
);

test("of a process on another machine nothing is known", () => {
  expect(hasEnded({ host: "another", pid: 1, started: 0 })).toBeNull();
});
