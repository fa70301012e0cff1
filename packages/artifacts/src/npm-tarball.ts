import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InputError } from "@sebench/spec";
import type { ArtifactFile, ArtifactSource, Pin } from "./artifact.ts";

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
        url: async () => new URL(path, await registryOf(name)).href,
        pin: { integrity, byteLength },
        unpack,
      },
    ],
  };
}

/**
 * The URL of the registry of a package, with its last "/", as npm's own configuration says it, or
 * pnpm's where there is no npm: variables, the .npmrc files of project and user, their defaults. A
 * scope may have a registry of its own.
 *
 * @throws InputError where neither program is there
 */
async function registryOf(packageName: string): Promise<string> {
  const scope = /^@[^/]+(?=\/)/.exec(packageName)?.[0];
  const keys = [...(scope === undefined ? [] : [`${scope}:registry`]), "registry"];
  for (const program of ["npm", "pnpm"]) {
    for (const key of keys) {
      const url = await configured(program, key);
      if (url !== null) return url;
    }
  }
  throw new InputError("no npm or pnpm on PATH says where the registry of npm packages is", {
    remedy: "install npm or pnpm, and run this where its .npmrc applies",
  });
}

/** What a program's configuration has for a registry, or null where it has none. */
async function configured(program: string, key: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, ["config", "get", key], {
      timeout: 10_000,
      env: { ...process.env, npm_config_update_notifier: "false" },
      // On Windows npm is a script, which needs a shell to run.
      shell: process.platform === "win32",
    });
    return new URL(`${stdout.trim().replace(/\/$/, "")}/`).href;
  } catch {
    // There is no such program, or no such registry: it then says "undefined".
    return null;
  }
}
