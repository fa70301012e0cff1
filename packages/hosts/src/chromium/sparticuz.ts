import { dirname, join } from "node:path";
import { artifactFolder, chromiumArtifact, fetchArtifact } from "@sebench/artifacts";
import type { FetchBrowserOptions } from "./browser.ts";

/** Where the browser of `chromiumArtifact` lies, be it there or not. */
export function sparticuzExecutable(cacheDirectory: string): string {
  return join(artifactFolder(chromiumArtifact, cacheDirectory), "chromium");
}

/** Without, and with, the NSS, NSPR and expat libraries that come with it. */
export function sparticuzEnvironments(executablePath: string): Record<string, string>[] {
  const libraries = join(dirname(executablePath), "al2023", "lib");
  const others = process.env["LD_LIBRARY_PATH"];
  return [{}, { LD_LIBRARY_PATH: others ? `${libraries}:${others}` : libraries }];
}

/** @returns The executable. */
export async function fetchSparticuz(options: FetchBrowserOptions): Promise<string> {
  await fetchArtifact(chromiumArtifact, options);
  return sparticuzExecutable(options.cacheDirectory);
}
