import { type Artifact, npmTarball, untar } from "@sebench/artifacts";
import type { ProgramName } from "./program.ts";

/** A program for one system, as npm has it. */
export interface NpmProgram {
  readonly artifact: Artifact;
  /** The path of the executable in the artifact's folder. */
  readonly file: string;
}

const bunVersion = "1.4.5";
const denoVersion = "2.9.6";

/** Bun by `process.platform` and `process.arch`, where onnxruntime-node has a binary too. */
const npmBun: Readonly<Record<string, NpmProgram>> = {
  "linux-x64": npmProgram("bun", bunVersion, "bin/bun", {
    package: "@oven/bun-linux-x64",
    integrity:
      "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    byteLength: 51_946_454,
  }),
  "linux-arm64": npmProgram("bun", bunVersion, "bin/bun", {
    package: "@oven/bun-linux-aarch64",
    integrity:
      "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    byteLength: 52_595_012,
  }),
  "darwin-arm64": npmProgram("bun", bunVersion, "bin/bun", {
    package: "@oven/bun-darwin-aarch64",
    integrity:
      "sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
    byteLength: 41_036_588,
  }),
  "win32-x64": npmProgram("bun", bunVersion, "bin/bun.exe", {
    package: "@oven/bun-windows-x64",
    integrity:
      "sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==",
    byteLength: 55_298_018,
  }),
};

/**
 * Deno by `process.platform` and `process.arch`. Systems without a row need Deno's own installer.
 */
const npmDeno: Readonly<Record<string, NpmProgram>> = {
  "linux-x64": npmProgram("deno", denoVersion, "deno", {
    package: "@deno/linux-x64-glibc",
    integrity:
      "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
    byteLength: 42_285_097,
  }),
};

interface NpmPin {
  readonly package: string;
  readonly integrity: string;
  readonly byteLength: number;
}

function npmProgram(name: string, version: string, file: string, pin: NpmPin): NpmProgram {
  const source = npmTarball({
    ...pin,
    version,
    unpack: (tarball, folder) => untar(tarball, folder, { strip: 1 }),
  });
  return { artifact: { name, version, sources: [source] }, file };
}

/** A host's program that may be missing, as Node never is. */
export type OptionalProgram = Exclude<ProgramName, "node">;

interface OptionalProgramRow {
  readonly title: string;
  /** The environment variable that names the program's executable. */
  readonly variable: string;
  /** The argument before a script that is given as text. */
  readonly evaluate: string;
  readonly site: string;
  /** The program's packages by `process.platform` and `process.arch`, such as `linux-x64`. */
  readonly npm: Readonly<Record<string, NpmProgram>>;
}

export const optionalPrograms: Readonly<Record<OptionalProgram, OptionalProgramRow>> = {
  bun: {
    title: "Bun",
    variable: "SEBENCH_BUN",
    evaluate: "--eval",
    site: "https://bun.sh",
    npm: npmBun,
  },
  deno: {
    title: "Deno",
    variable: "SEBENCH_DENO",
    evaluate: "eval",
    site: "https://deno.com",
    npm: npmDeno,
  },
};
