import { expect, test } from "vitest";
import { checkStart, readVersion } from "./start-check.ts";

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

test("a file that is not there is a reason of one line", async () => {
  const answer = await checkStart("/nonexistent/chrome", {});
  expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(/^.*ENOENT.*$/) });
});
