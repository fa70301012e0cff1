import { dirname, join } from "node:path";
import { artifactFolder, chromiumArtifact, fetchArtifact } from "@sebench/artifacts";
import type { FetchBrowserOptions } from "./browser.ts";

/** The path of the executable of `chromiumArtifact`, whether it is there or not. */
export function sparticuzExecutable(cacheDirectory: string): string {
  return join(artifactFolder(chromiumArtifact, cacheDirectory), "chromium");
}

/**
 * The environments to try: without and with the NSS, NSPR and expat libraries that come with the
 * browser.
 */
export function sparticuzEnvironments(executablePath: string): Record<string, string>[] {
  const libraries = join(dirname(executablePath), "al2023", "lib");
  const others = process.env["LD_LIBRARY_PATH"];
  return [{}, { LD_LIBRARY_PATH: others ? `${libraries}:${others}` : libraries }];
}

/** Fetches the browser and gives the path of its executable. */
export async function fetchSparticuz(options: FetchBrowserOptions): Promise<string> {
  await fetchArtifact(chromiumArtifact, options);
  return sparticuzExecutable(options.cacheDirectory);
}
