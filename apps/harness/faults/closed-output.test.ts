import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { node } from "../src/testing/bench.ts";

test("a reader that closes stdout ends a command quietly", async () => {
  const [command, ...first] = node as [string, ...string[]];
  const child = spawn(command, [...first, "list"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
