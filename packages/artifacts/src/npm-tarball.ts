import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ArtifactFile, ArtifactSource, Pin } from "./artifact.ts";

const publicRegistry = "https://registry.npmjs.org/";

/**
 * A package of npm, whose `integrity` is `dist.integrity` in `npm view <package>@<version>
 * --json`.
 */
export interface NpmTarball extends Pin, Pick<ArtifactFile, "unpack"> {
  readonly package: string;
  readonly version: string;
}

/** The source of a package in the registry that npm is set up to use. */
export function npmTarball(tarball: NpmTarball): ArtifactSource {
  const { package: name, version, integrity, byteLength, unpack } = tarball;
  const path = `${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
  return {
    what: `the npm package ${name} ${version}`,
    files: [
      {
        url: async () => new URL(path, await npmRegistry()).href,
        pin: { integrity, byteLength },
        unpack,
      },
    ],
  };
}

/** The URL of the registry that npm is set up to use, with its last "/". */
async function npmRegistry(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("npm", ["config", "get", "registry"], {
      timeout: 10_000,
      // On Windows npm is a script, which needs a shell to run.
      shell: process.platform === "win32",
    });
    return new URL(`${stdout.trim().replace(/\/$/, "")}/`).href;
  } catch {
    // There is no npm, as on a machine with pnpm alone.
    return publicRegistry;
  }
}
