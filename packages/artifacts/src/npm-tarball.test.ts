import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { npmTarball } from "./npm-tarball.ts";

const tarball = {
  version: "1.2.3",
  integrity: "sha512-",
  byteLength: 1,
  unpack: async () => {},
};

async function urlOf(name: string): Promise<string> {
  const [file] = npmTarball({ package: name, ...tarball }).files;
  return typeof file!.url === "string" ? file!.url : file!.url();
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-registry-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("is fetched from the registry that npm is set up for", async () => {
  vi.stubEnv("npm_config_registry", "https://mirror.example/npm");
  expect(await urlOf("left")).toBe("https://mirror.example/npm/left/-/left-1.2.3.tgz");
});

it("is named without its scope", async () => {
  vi.stubEnv("npm_config_registry", "https://mirror.example/");
  expect(await urlOf("@some/left")).toBe("https://mirror.example/@some/left/-/left-1.2.3.tgz");
});

/** Puts a program on PATH, alone, that answers to `config get KEY` by a table. */
async function putProgram(name: string, table: Readonly<Record<string, string>>): Promise<void> {
  const cases = Object.entries(table).map(([key, value]) => `'config get ${key}') echo ${value};;`);
  const script = `#!/bin/sh\ncase "$*" in ${cases.join(" ")} *) echo undefined;; esac\n`;
  await writeFile(join(folder, name), script);
  await chmod(join(folder, name), 0o755);
  vi.stubEnv("PATH", folder);
}

describe.skipIf(process.platform === "win32")("the registry", () => {
  it("of a scope may be another", async () => {
    await putProgram("npm", {
      registry: "https://a.example",
      "@some:registry": "https://b.example",
    });
    expect(await urlOf("@some/left")).toBe("https://b.example/@some/left/-/left-1.2.3.tgz");
    expect(await urlOf("@other/left")).toBe("https://a.example/@other/left/-/left-1.2.3.tgz");
  });

  it("is pnpm's where there is no npm", async () => {
    await putProgram("pnpm", { registry: "https://c.example/npm/" });
    expect(await urlOf("left")).toBe("https://c.example/npm/left/-/left-1.2.3.tgz");
  });

  it("is nobody's guess where there is neither", async () => {
    vi.stubEnv("PATH", folder);
    await expect(urlOf("left")).rejects.toMatchObject({
      name: "InputError",
      remedy: expect.stringContaining("install npm or pnpm"),
    });
  });
});
