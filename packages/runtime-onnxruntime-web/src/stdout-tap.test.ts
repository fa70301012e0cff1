import fs from "node:fs";
import os from "node:os";
import { expect, it } from "vitest";
import { stdoutTap } from "./print-tap.ts";

it("collects what is written to the standard output, and nothing else", () => {
  const file = fs.openSync(os.devNull, "w");
  const text = stdoutTap.collect(() => {
    fs.writeSync(1, "[\n");
    fs.writeSync(file, "to a file");
    fs.writeSync(1, "]\n");
  });
  fs.closeSync(file);
  expect(text).toBe("[\n]\n");
});

it("gives fs.writeSync back, even where printing fails", () => {
  const original = fs.writeSync;
  const collect = () =>
    stdoutTap.collect(() => {
      throw new Error("no session");
    });
  expect(collect).toThrow("no session");
  expect(fs.writeSync).toBe(original);
});
