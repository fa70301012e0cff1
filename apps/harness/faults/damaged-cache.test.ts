import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchArtifact } from "@sebench/artifacts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { node } from "../src/testing/bench.ts";

/** A program that answers as Bun does when it is asked for its path and version. */
const program = `#!/bin/sh
echo '["/bin/false", "1.4.5"]'
`;

let folder: string;
let server: Server;
/** The paths that the registry was asked for. */
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-damaged-"));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Fills a cache with a small Bun, and gives the folder that it is in. */
async function fillCache(): Promise<string> {
  const bun = {
    url: `data:text/plain;base64,${Buffer.from(program).toString("base64")}`,
    pin: null,
    async unpack(file: string, staging: string) {
      await mkdir(join(staging, "bin"));
      await copyFile(file, join(staging, "bin/bun"));
      await chmod(join(staging, "bin/bun"), 0o755);
    },
  };
  const sources = [{ what: "a small Bun", files: [bun] }];
  const artifact = { name: "bun", version: "1.4.5", sources };
  return fetchArtifact(artifact, { cacheDirectory: folder, onProgress() {} });
}

/** Runs a case on Bun with this cache, and gives its record and what was told. */
async function runOnBun(...flags: readonly string[]) {
  const out = join(folder, "out");
  const [command, ...first] = node as [string, ...string[]];
  const words = ["run", "--profile", "smoke", "--runtime", "onnxruntime-node/cpu", "--host", "bun"];
  const env = {
    ...process.env,
    SEBENCH_CACHE: folder,
    SEBENCH_BUN: "",
    npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`,
  };
  const given = [...first, ...words, "--network", "se-resnet8", ...flags, "--out", out];
  const stderr = await new Promise<string>((resolve) => {
    execFile(command, given, { env }, (_error, _stdout, told) => resolve(told));
  });
  const { cases } = JSON.parse(await readFile(join(out, "results.json"), "utf8"));
  return { stderr, record: cases[0] };
}

const isFetchable = process.platform === "linux" && process.arch === "x64";

describe.runIf(isFetchable)("a program in the cache", () => {
  test.each([
    ["is cut off", (bun: string) => truncate(join(bun, "bin/bun"), 9), "bin/bun has 9 of"],
    ["has lost its run bit", (bun: string) => chmod(join(bun, "bin/bun"), 0o644), "not be run"],
    [
      "has half a marker",
      (bun: string) => truncate(join(bun, "sebench-artifact.json"), 30),
      "sebench-artifact.json is missing or broken",
    ],
  ])("that %s is told as damaged, with a remedy", async (_, harm, words) => {
    await harm(await fillCache());
    const { record } = await runOnBun("--no-fetch");
    expect(record).toMatchObject({
      status: "unavailable",
      reason: expect.stringContaining(words),
      remedy: expect.stringContaining("pnpm bench doctor --fix --host bun"),
    });
    expect(asked).toEqual([]);
  });

  test("that is damaged is fetched anew, from the registry that npm is set up for", async () => {
    await truncate(join(await fillCache(), "bin/bun"), 9);
    const { stderr, record } = await runOnBun();
    expect(asked).toEqual([expect.stringMatching(/^\/mirror\/@oven\/bun-linux-x64\/-\/.*\.tgz$/)]);
    expect(stderr).toContain("the copy in the cache is damaged: bin/bun has 9 of");
    expect(record).toMatchObject({ status: "unavailable" });
  });
});
