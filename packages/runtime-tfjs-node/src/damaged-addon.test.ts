import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tfjsNodeBinding } from "./binding.ts";
import { tfjsNodeCpu } from "./runtime.ts";

it("is told, with what to remove so that it is fetched anew", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sebench-addon-"));
  const path = join(folder, "tfjs_binding.node");
  await writeFile(path, "not a library");
  const addon = { path, folder, source: "a test", pinned: true };

  const binding = tfjsNodeBinding(tfjsNodeCpu, "cpu", { threads: 1 }, async () => addon);
  expect(await binding.probe()).toEqual({
    ok: false,
    reason: expect.stringMatching(/^tfjs-node's addon does not load: .*tfjs_binding\.node/),
    remedy: `remove ${folder} and run pnpm bench doctor --fix`,
  });
  await expect(binding.start()).rejects.toThrow("does not load");
  await rm(folder, { recursive: true });
});
