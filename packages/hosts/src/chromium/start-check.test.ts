import { expect, test } from "vitest";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkStart, readVersion, whyUnsandboxed } from "./start-check.ts";

test.for([
  ["Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n", "156.0.8078.79"],
  ["Google Chrome for Testing 159.0.8154.6 \n", "159.0.8154.6"],
  ["Microsoft Edge 150.0.3000.1 \n", "150.0.3000.1"],
] as const)("the version is read from %j", ([output, version]) => {
  expect(readVersion(output)).toEqual({ ok: true, version });
});

test("another browser is no Chromium", () => {
  expect(readVersion("Mozilla Firefox 154.0\n")).toEqual({
    ok: false,
    reason: 'not built on Chromium: it answers "Mozilla Firefox 154.0"',
  });
});

test("a program that is no browser does not pass", async () => {
  // Node answers `--version` with a version alone.
  const answer = await checkStart(process.execPath, {});
  expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining(process.version) });
});

test.runIf(process.platform === "linux")(
  "a browser that refuses to start in its sandbox is known for that",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "start-check-"));
    const executable = join(folder, "browser");
    await writeFile(
      executable,
      `#!/bin/sh
[ "$1" = --version ] && exec echo Chromium 1.2.3
echo '[1:1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox!' >&2
exit 1
`,
    );
    await chmod(executable, 0o755);
    expect(await checkStart(executable, {})).toEqual({
      ok: true,
      version: "1.2.3",
      sandbox: "off: the system gives this user no namespaces",
    });
    await rm(folder, { recursive: true });
  },
);

test("root's browser says that it is root's", () => {
  const words = "Running as root without --no-sandbox is not supported.";
  expect(whyUnsandboxed(`browserType.launch: closed\nlogs:\n${words}`)).toContain("root");
});

test("a file that is not there is a reason of one line", async () => {
  const answer = await checkStart("/nonexistent/chrome", {});
  expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(/^.*ENOENT.*$/) });
});
