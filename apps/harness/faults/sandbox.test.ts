import { execFile, spawnSync } from "node:child_process";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { main, node } from "../src/testing/bench.ts";

/** The user that owns nothing, in Debian's numbers. */
const nobody = 65_534;
const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const hasBrowser =
  spawnSync(process.env["SEBENCH_BROWSER"] ?? "chromium", ["--version"]).status === 0;
/** Whether root may become nobody, who may read the repository and may have namespaces. */
const canStepDown =
  isRoot &&
  spawnSync("setpriv", [...asNobody.slice(1), "unshare", "-Ur", "cat", main]).status === 0;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-sandbox-"));
  if (canStepDown) await chown(folder, nobody, nobody);
});
afterEach(() => rm(folder, { recursive: true }));

/** What a run in the browser records of the sandbox, for the user that a command steps down to. */
async function sandboxRecorded(as: readonly string[]): Promise<string> {
  const smoke = ["run", "--profile", "smoke", "--runtime", "onnxruntime-web/wasm", "--no-fetch"];
  const asked = [...smoke, "--host", "chromium", "--network", "se-resnet8", "--size", "28"];
  const words = [...as, ...node, ...asked, "--out", join(folder, "out")];
  const env = { ...process.env, HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: folder };
  await promisify(execFile)(words[0]!, words.slice(1), { env });
  const record = JSON.parse(await readFile(join(folder, "out/results.json"), "utf8"));
  return record.cases[0].hostStart.sandbox;
}

describe.runIf(hasBrowser)("Chromium's sandbox", () => {
  test.runIf(canStepDown)("is on for a user to whom the system gives namespaces", async () => {
    expect(await sandboxRecorded(asNobody)).toBe("on");
  });

  test.runIf(isRoot)(
    "is off for root, who measures all the same, and the record says so",
    async () => {
      expect(await sandboxRecorded([])).toBe("off: Chromium refuses it to root");
    },
  );
});
