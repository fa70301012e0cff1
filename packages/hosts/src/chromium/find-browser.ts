import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { chromiumArtifact, damageOf } from "@sebench/artifacts";
import { InputError } from "@sebench/spec";
import { chromium } from "playwright";
import {
  type BrowserFound,
  type BrowserMissing,
  browserMissing,
  type SkippedBrowser,
} from "./browser.ts";
import {
  type Candidate,
  installedCandidates,
  type SearchPlace,
  tryCandidate,
} from "./candidates.ts";
import { sparticuzExecutable } from "./sparticuz.ts";
import { checkStart, type StartCheck } from "./start-check.ts";

export interface FindBrowserOptions {
  /** The path that --browser gives; no other browser is then looked for. */
  readonly path?: string;
  /** The folder into which `fetchBrowser` puts what it fetches. */
  readonly cacheDirectory: string;
}

/** The machine that is searched. */
export interface BrowserSearch extends SearchPlace {
  /**
   * The path of Playwright's own full Chromium, which has WebGPU, as its headless shell has not.
   */
  readonly playwrightPath: string;
  readonly exists: (path: string) => boolean;
  readonly checkStart: StartCheck;
  /** Says what is wrong with the browser that was fetched, or gives null. */
  readonly damageOfFetched: (options: FindBrowserOptions) => Promise<string | null>;
}

/**
 * Finds the first browser that starts, in this order: the one that --browser or $SEBENCH_BROWSER
 * names, Playwright's own, an installed Chrome, Chromium or Edge, and the one that was fetched
 * earlier.
 *
 * @throws InputError where a browser was named and does not start
 */
export async function findBrowser(
  options: FindBrowserOptions,
  search: BrowserSearch = thisMachine(),
): Promise<BrowserFound | BrowserMissing> {
  const named = namedBrowser(options, search);
  if (named !== null) return startNamed(named, search);

  const candidates: Candidate[] = [
    { kind: "playwright", executablePath: search.playwrightPath },
    ...installedCandidates(search),
    { kind: "sparticuz", executablePath: sparticuzExecutable(options.cacheDirectory) },
  ];
  const skipped: SkippedBrowser[] = [];
  for (const candidate of candidates) {
    const what = candidate.executablePath;
    const damage = candidate.kind === "sparticuz" ? await search.damageOfFetched(options) : null;
    if (damage === null && !search.exists(what)) continue;
    const found =
      damage === null
        ? await tryCandidate(candidate, search.checkStart)
        : ({ ok: false, reason: damage } as const);
    if (found.ok) return { ...found, skipped };
    skipped.push({ what, reason: found.reason });
  }
  return browserMissing(skipped, "pnpm bench doctor --fix fetches one");
}

function thisMachine(): BrowserSearch {
  return {
    platform: process.platform,
    environment: process.env,
    homeDirectory: homedir(),
    playwrightPath: chromium.executablePath(),
    exists: existsSync,
    checkStart,
    damageOfFetched: ({ cacheDirectory }) => damageOf(chromiumArtifact, cacheDirectory),
  };
}

interface NamedBrowser {
  readonly executablePath: string;
  readonly source: "--browser" | "$SEBENCH_BROWSER";
}

function namedBrowser({ path }: FindBrowserOptions, search: BrowserSearch): NamedBrowser | null {
  if (path !== undefined) return { executablePath: path, source: "--browser" };
  const variable = search.environment["SEBENCH_BROWSER"];
  if (variable === undefined || variable === "") return null;
  return { executablePath: variable, source: "$SEBENCH_BROWSER" };
}

async function startNamed(named: NamedBrowser, search: BrowserSearch): Promise<BrowserFound> {
  const { executablePath, source } = named;
  const answer = search.exists(executablePath)
    ? await tryCandidate({ kind: "path", executablePath }, search.checkStart)
    : ({ ok: false, reason: "there is no such file" } as const);
  if (answer.ok) return answer;
  throw new InputError(`${source} ${executablePath} does not start: ${answer.reason}`, {
    remedy: `Give ${source} the path of Chromium, Chrome or Edge, or leave it out.`,
  });
}
