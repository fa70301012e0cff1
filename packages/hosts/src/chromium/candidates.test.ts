import { expect, test } from "vitest";
import { installedCandidates } from "./candidates.ts";

test("on Linux the folders on PATH are searched for Chrome, then Chromium, then Edge", () => {
  const candidates = installedCandidates({
    platform: "linux",
    environment: { PATH: "/home/someone/bin:/usr/bin" },
    homeDirectory: "/home/someone",
  });
  const paths = candidates.map(({ executablePath }) => executablePath);
  expect(paths.indexOf("/home/someone/bin/google-chrome")).toBeGreaterThanOrEqual(0);
  expect(paths.indexOf("/home/someone/bin/google-chrome")).toBeLessThan(
    paths.indexOf("/usr/bin/google-chrome"),
  );
  expect(paths).toContain("/opt/google/chrome/chrome");
  expect(paths).toContain("/usr/bin/chromium-browser");
  expect([...new Set(candidates.map(({ kind }) => kind))]).toEqual(["chrome", "chromium", "edge"]);
});

test("on macOS the applications of the machine come before those of the user", () => {
  const [first, second] = installedCandidates({
    platform: "darwin",
    environment: {},
    homeDirectory: "/Users/someone",
  });
  const application = "Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  expect(first).toEqual({ kind: "chrome", executablePath: `/${application}` });
  expect(second).toEqual({ kind: "chrome", executablePath: `/Users/someone/${application}` });
});

test("on Windows only the folders of programs that are set are searched", () => {
  const candidates = installedCandidates({
    platform: "win32",
    environment: { PROGRAMFILES: String.raw`C:\Program Files` },
    homeDirectory: String.raw`C:\Users\someone`,
  });
  expect(candidates).toEqual([
    {
      kind: "chrome",
      executablePath: String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    },
    {
      kind: "chromium",
      executablePath: String.raw`C:\Program Files\Chromium\Application\chrome.exe`,
    },
    {
      kind: "edge",
      executablePath: String.raw`C:\Program Files\Microsoft\Edge\Application\msedge.exe`,
    },
  ]);
});
