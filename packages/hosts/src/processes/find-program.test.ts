import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "./find-program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-program-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A machine with nothing on PATH and nothing fetched. */
const bare = (variables: Readonly<Record<string, string>> = {}) => ({
  cacheDirectory: folder,
  environment: { PATH: folder, SEBENCH_BUN: "", SEBENCH_DENO: "", ...variables },
});

describe("findProgram", () => {
  it.each(["bun", "deno"] as const)("says how to get %s where there is none", async (name) => {
    const found = await findProgram(name, bare());
    expect(found).toMatchObject({
      ok: false,
      reason: expect.stringContaining(`${name} is not found`),
      remedy: expect.stringContaining(`SEBENCH_${name.toUpperCase()}=PATH`),
    });
  });

  it("refuses one that was named and does not start", async () => {
    await expect(findProgram("bun", bare({ SEBENCH_BUN: "/nowhere/bun" }))).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringContaining("$SEBENCH_BUN /nowhere/bun does not start"),
      remedy: expect.stringContaining("SEBENCH_BUN"),
    });
  });

  it("takes no other program for it", async () => {
    // Node can run the script that asks for the version, and answers with no version of Bun.
    await expect(findProgram("bun", bare({ SEBENCH_BUN: process.execPath }))).rejects.toThrow(
      "is not Bun",
    );
  });

  it.skipIf(process.platform === "win32")(
    "finds the program behind a script that starts it",
    async () => {
      const script = join(folder, "deno");
      // The script answers as Deno does. The path that counts is the one that the program gives for
      // itself.
      await writeFile(script, `#!/bin/sh\necho '["/opt/deno/deno","2.9.6"]'\n`);
      await chmod(script, 0o755);
      expect(await findProgram("deno", bare())).toEqual({
        ok: true,
        name: "deno",
        executablePath: "/opt/deno/deno",
        version: "2.9.6",
      });
      await rm(script);
    },
  );
});
