import {
  chmod,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { artifactFolder, damageOf, findArtifact } from "./artifact-cache.ts";
import { fetchArtifact } from "./fetch-artifact.ts";
import { readOrigin } from "./folder/filled-folder.ts";
import { type FileServer, serveFile } from "./testing/file-server.ts";
import { artifactOf, pinOf, sampleContent } from "./testing/sample-artifact.ts";

const content = sampleContent(300_000);
const pin = pinOf(content);
let cacheDirectory: string;
let server: FileServer;
let lines: string[];

beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "sebench-artifacts-"));
  server = await serveFile(content);
  lines = [];
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(cacheDirectory, { recursive: true });
});

const markerOf = (folder: string) => join(folder, "sebench-artifact.json");
const sample = () => artifactOf([{ what: "the server", url: server.url, pin }]);
const options = () => ({ cacheDirectory, onProgress: (line: string) => lines.push(line) });
const fetchSample = (artifact = sample()) => fetchArtifact(artifact, options());

/** The URL at which a server has been. */
async function unreachableUrl(): Promise<string> {
  const gone = await serveFile(content);
  await gone[Symbol.asyncDispose]();
  return gone.url;
}

/** The names in the cache, besides that of the artifact that is whole. */
async function leftovers(): Promise<string[]> {
  return (await readdir(join(cacheDirectory, "artifacts"))).filter(
    (name) => name !== "sample-1.0.0",
  );
}

describe("an artifact", () => {
  it("is found once it is fetched, and not fetched again", async () => {
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
    const folder = await fetchSample();
    expect(await findArtifact(sample(), cacheDirectory)).toBe(folder);
    expect(pinOf(await readFile(join(folder, "content")))).toEqual(pin);
    expect(await fetchSample()).toBe(folder);
    expect(server.ranges).toEqual([null]);
    expect(await leftovers()).toEqual([]);
  });

  it("tells where it came from, and whether its hash was known", async () => {
    const folder = await fetchSample();
    expect(readOrigin(folder)).toEqual({
      source: "the server",
      files: [{ integrity: pin.integrity, pinned: true }],
    });
  });

  it("has the hash recorded of a file whose publisher tells none", async () => {
    const folder = await fetchSample(
      artifactOf([{ what: "the server", url: server.url, pin: null }]),
    );
    expect(readOrigin(folder)?.files).toEqual([{ integrity: pin.integrity, pinned: false }]);
  });

  it("tells how far it is", async () => {
    await fetchSample();
    expect(lines).toContain("the server: 0.3 of 0.3 MB (100 %)");
  });
});

describe("a copy in the cache that is damaged", () => {
  const unpack = async (file: string, folder: string) => {
    await copyFile(file, join(folder, "content"));
    await writeFile(join(folder, "program"), "#!/bin/sh\n");
    await chmod(join(folder, "program"), 0o755);
  };
  const withProgram = () => artifactOf([{ what: "the server", url: server.url, pin, unpack }]);
  const aDayAgo = new Date(Date.now() - 25 * 60 * 60_000);

  it.each([
    [
      "cut off",
      (folder: string) => truncate(join(folder, "content"), 1000),
      "1000 of 300000 bytes",
    ],
    ["gone", (folder: string) => rm(join(folder, "content")), "content is missing"],
    ["not to be run", (folder: string) => chmod(join(folder, "program"), 0o644), "not be run"],
    ["without marker", (folder: string) => rm(markerOf(folder)), "missing or broken"],
    ["with half a marker", (folder: string) => truncate(markerOf(folder), 20), "missing or broken"],
    ["with an empty marker", (folder: string) => writeFile(markerOf(folder), "{}"), "broken"],
  ])("is found out and fetched anew: %s", async (_, harm, words) => {
    const folder = await fetchSample(withProgram());
    await harm(folder);
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
    expect(await damageOf(sample(), cacheDirectory)).toContain(words);
    expect(await fetchSample(withProgram())).toBe(folder);
    expect(lines.join("\n")).toContain(words);
    expect(pinOf(await readFile(join(folder, "content")))).toEqual(pin);
    expect(await damageOf(sample(), cacheDirectory, { thorough: true })).toBeNull();
  });

  it("is found out by its bytes when a start has failed, and once a day", async () => {
    const damaged = async () => {
      const folder = await fetchSample(withProgram());
      await writeFile(join(folder, "content"), content.with(1000, 0));
      return folder;
    };
    await damaged();
    expect(await findArtifact(sample(), cacheDirectory)).not.toBeNull();
    expect(await damageOf(sample(), cacheDirectory, { thorough: true })).toContain("other bytes");
    // What was found out stays so until the copy is fetched anew.
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
    const folder = await damaged();
    await utimes(markerOf(folder), aDayAgo, aDayAgo);
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
  });

  it("of before files were listed is used until a start fails", async () => {
    const folder = await fetchSample();
    const { unpacked: _list, ...marker } = JSON.parse(await readFile(markerOf(folder), "utf8"));
    await writeFile(markerOf(folder), JSON.stringify(marker));
    expect(await findArtifact(sample(), cacheDirectory)).toBe(folder);
    expect(await damageOf(sample(), cacheDirectory, { thorough: true })).toContain("which files");
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
  });

  it("is not looked at byte by byte again within the day", async () => {
    const folder = await fetchSample(withProgram());
    await utimes(markerOf(folder), aDayAgo, aDayAgo);
    expect(await findArtifact(sample(), cacheDirectory)).toBe(folder);
    expect((await stat(markerOf(folder))).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe("a file that is not what it must be", () => {
  it("is refused where its hash is another, and leaves nothing", async () => {
    server.content = sampleContent(pin.byteLength).with(1000, 0);
    await expect(fetchSample()).rejects.toThrow(/hash is sha512-.*, not sha512-/);
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
    expect(await leftovers()).toEqual([]);
  });

  it("is refused where its size is another, before it is fetched", async () => {
    server.content = content.subarray(0, 1000);
    await expect(fetchSample()).rejects.toThrow("offers 1000 bytes, where the file has 300000");
  });

  it("is not unpacked where the connection ends early", async () => {
    server.behaviour = { upTo: 1000 };
    await expect(fetchSample()).rejects.toThrow(InputError);
    expect(await findArtifact(sample(), cacheDirectory)).toBeNull();
  });

  it("does not look whole where unpacking it fails", async () => {
    const unpack = async (_file: string, folder: string) => {
      await writeFile(join(folder, "half"), "");
      throw new Error("the archive is damaged");
    };
    const broken = artifactOf([{ what: "the server", url: server.url, pin, unpack }]);
    await expect(fetchSample(broken)).rejects.toThrow("the server: the archive is damaged");
    expect(await findArtifact(broken, cacheDirectory)).toBeNull();
  });
});

describe("sources", () => {
  it("are tried in order", async () => {
    const unreachable = { what: "the first", url: await unreachableUrl(), pin };
    const artifact = artifactOf([unreachable, { what: "the second", url: server.url, pin }]);
    const folder = await fetchSample(artifact);
    expect(readOrigin(folder)?.source).toBe("the second");
    expect(lines[1]).toMatch(/^the first: .*ECONNREFUSED/);
  });

  it("are named, with the reason, where all fail", async () => {
    server.behaviour = { status: 404 };
    const unreachable = { what: "the first", url: await unreachableUrl(), pin };
    const artifact = artifactOf([unreachable, { what: "the second", url: server.url, pin }]);
    const error = await fetchSample(artifact).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^sample 1\.0\.0 cannot be fetched: the first: .*ECONNREFUSED.*; the second: 127\.0\.0\.1:\d+ answers 404/,
      ),
      remedy: expect.stringContaining("HTTPS_PROXY"),
    });
  });

  it("are given up where they fall silent", async () => {
    server.behaviour = { upTo: 1000, ending: "stall" };
    const fetching = fetchArtifact(sample(), { ...options(), stallLimitMs: 200 });
    await expect(fetching).rejects.toThrow(/the server: Body Timeout/);
  });
});

describe("the note of an artifact's origin", () => {
  it.each(["null", "{}", '"x"', '{"source":"a","files":[{"pinned":1}]}', '{"source":"a"}'])(
    "counts as none where it says %s",
    async (text) => {
      await fetchSample(sample());
      const folder = artifactFolder(sample(), cacheDirectory);
      await writeFile(join(folder, "sebench-artifact.json"), text);
      expect(readOrigin(folder)).toBeNull();
    },
  );
});

describe.runIf(process.platform === "linux")("a disk that is full", () => {
  // A write to /dev/full fails as it does on a full disk.
  it("is told as such, and no other source is tried", async () => {
    const unpack = (_file: string, _folder: string) => writeFile("/dev/full", "more");
    const artifact = artifactOf([
      { what: "the first", url: server.url, pin, unpack },
      { what: "the second", url: server.url, pin },
    ]);
    await expect(fetchSample(artifact)).rejects.toMatchObject({
      message: expect.stringMatching(/the cache, .*no space is left on its disk/),
      remedy: expect.stringContaining("SEBENCH_CACHE"),
    });
    expect(server.ranges).toHaveLength(1);
  });
});
