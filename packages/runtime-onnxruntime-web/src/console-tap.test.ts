import { expect, it, vi } from "vitest";
import { ConsoleTap } from "./print-tap.ts";

it("collects what a binary prints that bound console.log while it started", async () => {
  const tap = new ConsoleTap();
  const print = await tap.attach(async () => console.log.bind(console));
  expect(tap.collect(() => ["[", "]"].forEach((line) => print(line)))).toBe("[\n]");
});

it("gives console.log back when the binary has started, and when it has not", async () => {
  const original = console.log;
  const tap = new ConsoleTap();
  await tap.attach(async () => {});
  expect(console.log).toBe(original);
  const failed = tap.attach(() => Promise.reject(new Error("no binary")));
  await expect(failed).rejects.toThrow("no binary");
  expect(console.log).toBe(original);
});

it("lets the binary print to the console when nothing is collected", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const tap = new ConsoleTap();
  const print = await tap.attach(async () => console.log.bind(console));
  tap.collect(() => {});
  print("a message");
  expect(log.mock.calls).toEqual([["a message"]]);
  log.mockRestore();
});
