import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findNugetPackage } from "./cuda-artifact.ts";

/** The documents that the server has, which follow NuGet's documentation. */
let pages: Record<string, unknown>;
let server: Server;
let index: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    const page = pages[request.url ?? ""];
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(page ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  index = `${origin}/v3/index.json`;
  pages = {
    "/v3/index.json": {
      version: "3.0.0",
      resources: [
        { "@id": `${origin}/v3/registration5-gz/`, "@type": "RegistrationsBaseUrl/3.4.0" },
        { "@id": `${origin}/v3/registration5/`, "@type": "RegistrationsBaseUrl" },
      ],
    },
    "/v3/registration5/some.package/1.30.0.json": {
      "@id": `${origin}/v3/registration5/some.package/1.30.0.json`,
      catalogEntry: `${origin}/v3/catalog0/data/some.package.1.30.0.json`,
      packageContent: `${origin}/v3-flatcontainer/some.package/1.30.0/some.package.1.30.0.nupkg`,
    },
    "/v3/catalog0/data/some.package.1.30.0.json": {
      id: "Some.Package",
      version: "1.30.0",
      packageHash:
        "MJ4v/6hGEmw7vRPGLNGNWhlfGlr6tcy+tRjzVjNcJwSCq/qlAZwHsGcIRTq+iDZnwfkoRLkoWoYPGE1+oWg2Cw==",
      packageHashAlgorithm: "SHA512",
      packageSize: 118_348,
    },
  };
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const find = () => findNugetPackage("Some.Package", "1.30.0", {}, index);

it("gives the package's place, with the hash and size that the catalog tells", async () => {
  expect(await find()).toEqual({
    url: expect.stringMatching(/\/some\.package\.1\.30\.0\.nupkg$/),
    pin: {
      integrity:
        "sha512-MJ4v/6hGEmw7vRPGLNGNWhlfGlr6tcy+tRjzVjNcJwSCq/qlAZwHsGcIRTq+iDZnwfkoRLkoWoYPGE1+oWg2Cw==",
      byteLength: 118_348,
    },
  });
});

it("refuses a hash of another kind", async () => {
  Object.assign(pages["/v3/catalog0/data/some.package.1.30.0.json"] as object, {
    packageHashAlgorithm: "MD5",
  });
  await expect(find()).rejects.toThrow("by MD5, not SHA-512");
});

it("says what the host answers where the version is not there", async () => {
  delete pages["/v3/registration5/some.package/1.30.0.json"];
  await expect(find()).rejects.toThrow(/127\.0\.0\.1:\d+ answers 404/);
});
