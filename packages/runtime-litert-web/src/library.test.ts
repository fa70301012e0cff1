import { expect, it, vi } from "vitest";
import { ConsoleWatch } from "./library.ts";

/** What a binary keeps of the console as it starts. */
async function bound(watch: ConsoleWatch) {
  return watch.attach(async () => ({
    log: console.log.bind(console),
    error: console.error.bind(console),
  }));
}

it("keeps the binary's lines from the console, and hands on those of others", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const watch = new ConsoleWatch();
  const { log: print } = await bound(watch);
  print("INFO: [environment.cc:36] Creating LiteRT environment with options");
  print("a line of somebody else");
  expect(log.mock.calls).toEqual([["a line of somebody else"]]);
  expect(watch.since(0)).toHaveLength(1);
  log.mockRestore();
});

it.each([
  [
    "ERROR: Node number 3 (CONV_2D) failed to prepare.",
    "Node number 3 (CONV_2D) failed to prepare.",
  ],
  [
    "E1130 16:40:49.561999  736560 kernel.cc:9] no kernel",
    "E1130 16:40:49.561999  736560 kernel.cc:9] no kernel",
  ],
])("tells an error once: %s", async (line, told) => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const watch = new ConsoleWatch();
  const { error: print } = await bound(watch);
  print(line);
  expect(watch.takeError()).toBe(told);
  expect(watch.takeError()).toBeNull();
  expect(error).toHaveBeenCalledOnce();
  error.mockRestore();
});

it("gives the console back, also where the start fails", async () => {
  const { log, error } = console;
  const watch = new ConsoleWatch();
  await expect(watch.attach(() => Promise.reject(new Error("no binary")))).rejects.toThrow(
    "no binary",
  );
  expect([console.log, console.error]).toEqual([log, error]);
});
