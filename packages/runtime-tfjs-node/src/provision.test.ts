import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchArtifact, readOrigin } from "@sebench/artifacts";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { googleSource } from "./addon-artifacts.ts";
import { addonIn, isFetchable } from "./addon.ts";
import { tfjsNodeProvisions } from "./provision.ts";
import { installedAddon, tfjsNodePackages } from "./tfjs-node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-provision-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The bytes of a gzipped tar file of empty files. */
async function pack(name: string, paths: readonly string[]): Promise<Buffer> {
  const root = join(folder, name);
  for (const path of paths) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), "");
  }
  await create({ cwd: root, file: `${root}.tar.gz`, gzip: true }, await readdir(root));
  return readFile(`${root}.tar.gz`);
}

describe("what TensorFlow's host sends", () => {
  let server: Server;
  let storage: string;
  /** The addon's hash that the host tells. */
  let md5: string;

  beforeEach(async () => {
    const library = await pack("library", [
      "lib/libtensorflow.so.2.9.1",
      "lib/libtensorflow_framework.so.2.9.1",
      "include/tensorflow/c/c_api.h",
    ]);
    const addon = await pack("addon", ["napi-v8/tfjs_binding.node"]);
    md5 = createHash("md5").update(addon).digest("base64");
    server = createServer((request, response) => {
      const isAddon = request.url!.includes("/pre-built-binary/");
      const goog = isAddon ? { "x-goog-hash": `crc32c=AAAAAA==, md5=${md5}` } : {};
      response.writeHead(200, goog).end(isAddon ? addon : library);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    storage = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => server.close());

  function fetchIt(): Promise<string> {
    const sources = [googleSource("cpu", { TFJS_NODE_CDN_STORAGE: storage })];
    const artifact = { name: "tfjs-node-cpu", version: "4.22.0", sources };
    return fetchArtifact(artifact, { cacheDirectory: folder, onProgress() {} });
  }

  it("is laid out so that the addon finds libtensorflow", async () => {
    const fetched = await fetchIt();
    const fromAddon = join(addonIn(fetched), "../../../deps/lib");
    expect((await readdir(fromAddon)).toSorted()).toEqual([
      "libtensorflow.so.2.9.1",
      "libtensorflow_framework.so.2.9.1",
    ]);
    await expect(access(addonIn(fetched))).resolves.toBeUndefined();
    expect(await readdir(join(fetched, "deps"))).toEqual(["lib"]);
  });

  it("is recorded as not pinned", async () => {
    const origin = readOrigin(await fetchIt());
    expect(origin?.files.map(({ pinned }) => pinned)).toEqual([false, false]);
  });

  it("is refused where it is not what the host says it is", async () => {
    md5 = createHash("md5").update("another file").digest("base64");
    await expect(fetchIt()).rejects.toThrow(/hash is md5-.*, not md5-/);
  });
});

describe.runIf(isFetchable && !installedAddon("cpu"))("libtensorflow for tfjs-node", () => {
  const cpu = tfjsNodeProvisions.find(({ name }) => name === "libtensorflow for tfjs-node")!;

  it("is missing from an empty cache", async () => {
    expect(await cpu.missing(folder)).toContain("200 MB");
  });
});

it.each(Object.values(tfjsNodePackages))(
  "fetches the version of $name that the repository is tested with",
  ({ name, version }) => {
    const installed = createRequire(import.meta.url)(`${name}/package.json`) as object;
    expect(installed).toMatchObject({ version });
  },
);
