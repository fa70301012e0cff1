import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TemporaryFolder, temporaryFolder } from "@sebench/artifacts";
import { findFirefox, findWebkitgtk } from "@sebench/hosts/testing";
import type { RunRecord } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Started, startBench } from "../testing/bench.ts";

const firefox = await findFirefox();
const webkitgtk = await findWebkitgtk();

describe.skipIf("ok" in firefox)(
  "a stock Firefox as a device (skipped where none is found)",
  () => {
    if ("ok" in firefox) return;
    let folder: string;
    let temporary: TemporaryFolder;
    const out = () => join(folder, "run");
    const flags = "--profile smoke --runtime onnxruntime-web/wasm --threads 1";
    const networks = ["--network", "se-resnet8,se-resnet20"];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sebench-serve-"));
      temporary = await temporaryFolder("page");
    });
    afterAll(async () => {
      await temporary[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    /** Starts the command, and opens what it prints in a browser of its own. */
    async function served(where: readonly string[], browser = firefox) {
      const command = startBench(["serve", ...flags.split(" "), ...networks, ...where]);
      if ("ok" in browser) throw new Error(browser.reason);
      const group = await browser.open(`${await addressOf(command)}&auto=1`, {
        signal: new AbortController().signal,
        temporary,
        headed: false,
        device: "wasm",
      });
      return { command, [Symbol.asyncDispose]: () => group[Symbol.asyncDispose]() };
    }

    const record = async () =>
      JSON.parse(await readFile(join(out(), "results.json"), "utf8")) as RunRecord;

    test("a run that was ended in the middle goes on, and keeps what was measured", async () => {
      {
        await using first = await served(["--out", out()]);
        const done = async () => (await record().catch(() => null))?.cases.length ?? 0;
        await expect.poll(done, { timeout: 90_000 }).toBe(1);
        first.command.child.kill("SIGINT");
        const { code, stdout } = await first.command.ended;
        expect([code, stdout]).toEqual([
          130,
          expect.stringMatching(/the same flags and --resume \S/),
        ]);
      }
      const before = await record();
      expect(before.machine.device).toMatchObject({
        name: null,
        agent: expect.stringContaining("Firefox"),
      });

      {
        await using again = await served(["--resume", out()]);
        const { code, stderr } = await again.command.ended;
        expect([code, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
      }
      const after = await record();
      expect(after.cases.map(({ network, host, status }) => [network, host, status])).toEqual([
        ["se-resnet8", "device", "ok"],
        ["se-resnet20", "device", "ok"],
      ]);
      expect(after.cases[0]).toEqual(before.cases[0]);
      expect(after.machine).toEqual(before.machine);
    });

    test.skipIf("ok" in webkitgtk)("another device does not go on with it", async () => {
      const before = await record();
      await using other = await served(["--resume", out()], webkitgtk);
      const { code, stderr } = await other.command.ended;
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/was started by another device, with no name: .*Firefox/),
      ]);
      expect(await record()).toEqual(before);
    });
  },
);

/** Waits for the address that the command prints. */
function addressOf({ child, ended }: Started): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = "";
    for (const output of [child.stdout!, child.stderr!]) {
      output.on("data", (text) => {
        const address = /http:\/\/127\.0\.0\.1:\d+\/session\.html#t=[0-9a-f]{32}/.exec(
          (written += String(text)),
        );
        if (address) resolve(address[0]);
      });
    }
    void ended.then(({ stderr }) => reject(new Error(`it ended: ${stderr}`)));
  });
}
