import { posix, win32 } from "node:path";
import type { BrowserKind, BrowserFound } from "./browser.ts";
import { sparticuzEnvironments } from "./sparticuz.ts";
import type { StartCheck } from "./start-check.ts";

/** An executable that may or may not be there. */
export interface Candidate {
  readonly kind: BrowserKind;
  readonly executablePath: string;
}

export interface SearchPlace {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
}

type InstalledKind = "chrome" | "chromium" | "edge";

/** The order in which installed browsers are preferred. */
const installedKinds = ["chrome", "chromium", "edge"] as const;

/** The names of browsers on PATH, and the places of vendors' packages that are not on it. */
const linux: Readonly<Record<InstalledKind, { names: string[]; paths: string[] }>> = {
  chrome: {
    names: ["google-chrome-stable", "google-chrome"],
    paths: ["/opt/google/chrome/chrome"],
  },
  chromium: {
    names: ["chromium", "chromium-browser"],
    paths: ["/snap/bin/chromium"],
  },
  edge: {
    names: ["microsoft-edge-stable", "microsoft-edge"],
    paths: ["/opt/microsoft/msedge/msedge"],
  },
};

/** The executables of browsers below an `Applications` folder. */
const macos: Readonly<Record<InstalledKind, string>> = {
  chrome: "Google Chrome.app/Contents/MacOS/Google Chrome",
  chromium: "Chromium.app/Contents/MacOS/Chromium",
  edge: "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
};

/** The executables of browsers below a folder of programs. */
const windows: Readonly<Record<InstalledKind, string>> = {
  chrome: String.raw`Google\Chrome\Application\chrome.exe`,
  chromium: String.raw`Chromium\Application\chrome.exe`,
  edge: String.raw`Microsoft\Edge\Application\msedge.exe`,
};

/** The places where Chrome, Chromium and Edge are usually installed, best first. */
export function installedCandidates(place: SearchPlace): Candidate[] {
  return installedKinds.flatMap((kind) =>
    usualPaths(kind, place).map((executablePath) => ({ kind, executablePath })),
  );
}

function usualPaths(kind: InstalledKind, place: SearchPlace): string[] {
  const { platform, environment, homeDirectory } = place;
  switch (platform) {
    case "darwin":
      return ["/Applications", posix.join(homeDirectory, "Applications")].map((folder) =>
        posix.join(folder, macos[kind]),
      );
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
        .map((variable) => environment[variable])
        .filter((folder) => folder !== undefined)
        .map((folder) => win32.join(folder, windows[kind]));
    default: {
      const folders = (environment["PATH"] ?? "").split(":").filter((folder) => folder !== "");
      const { names, paths } = linux[kind];
      const onPath = folders.flatMap((folder) => names.map((name) => posix.join(folder, name)));
      return [...new Set([...onPath, ...paths])];
    }
  }
}

/** Starts a candidate with each environment that it may need, the smallest first. */
export async function tryCandidate(
  { kind, executablePath }: Candidate,
  checkStart: StartCheck,
): Promise<BrowserFound | { readonly ok: false; readonly reason: string }> {
  const environments = kind === "sparticuz" ? sparticuzEnvironments(executablePath) : [{}];
  let reason = "";
  for (const environment of environments) {
    const answer = await checkStart(executablePath, environment);
    if (answer.ok) {
      const { version, sandbox } = answer;
      return { ok: true, kind, executablePath, version, sandbox, environment, skipped: [] };
    }
    reason = answer.reason;
  }
  return { ok: false, reason };
}
