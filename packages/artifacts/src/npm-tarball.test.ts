import { afterEach, expect, it, vi } from "vitest";
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

afterEach(() => vi.unstubAllEnvs());

it("is fetched from the registry that npm is set up for", async () => {
  vi.stubEnv("npm_config_registry", "https://registry.example/npm");
  expect(await urlOf("left")).toBe("https://registry.example/npm/left/-/left-1.2.3.tgz");
});

it("is named without its scope", async () => {
  vi.stubEnv("npm_config_registry", "https://registry.example/");
  expect(await urlOf("@some/left")).toBe("https://registry.example/@some/left/-/left-1.2.3.tgz");
});

it("is fetched from the public registry where there is no npm", async () => {
  vi.stubEnv("PATH", "");
  expect(await urlOf("left")).toBe("https://registry.npmjs.org/left/-/left-1.2.3.tgz");
});
