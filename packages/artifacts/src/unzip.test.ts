import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { unzip } from "./unpack.ts";

/**
 * A zip file made by Python's `zipfile`: a manifest, and two files of 60 letters in a
 * folder, deflated.
 */
const zipped =
  "UEsDBBQAAAAIADBGeF2bfQg6DAAAAAoAAAAOAAAAcGFja2FnZS5udXNwZWOzKUhMzk5MT9W3AwBQSwMEFAAAAAgAMEZ4XSKAnAwIAAAAPAAAACMAAABydW50aW1lcy9saW51eC14NjQvbmF0aXZlL2xpYm9uZS5zb8vPS80nFwEAUEsDBBQAAAAIADBGeF20vLdMCAAAADwAAAAjAAAAcnVudGltZXMvbGludXgteDY0L25hdGl2ZS9saWJ0d28uc28rKc8vIRcBAFBLAQIUAxQAAAAIADBGeF2bfQg6DAAAAAoAAAAOAAAAAAAAAAAAAACAAQAAAABwYWNrYWdlLm51c3BlY1BLAQIUAxQAAAAIADBGeF0igJwMCAAAADwAAAAjAAAAAAAAAAAAAACAATgAAABydW50aW1lcy9saW51eC14NjQvbmF0aXZlL2xpYm9uZS5zb1BLAQIUAxQAAAAIADBGeF20vLdMCAAAADwAAAAjAAAAAAAAAAAAAACAAYEAAABydW50aW1lcy9saW51eC14NjQvbmF0aXZlL2xpYnR3by5zb1BLBQYAAAAAAwADAN4AAADKAAAAAAA=";
const native = "runtimes/linux-x64/native";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "sebench-unzip-"));
  file = path.join(folder, "package.zip");
  await writeFile(file, Buffer.from(zipped, "base64"));
});
afterEach(() => rm(folder, { recursive: true }));

it("unpacks the files asked for under the names given, and no others", async () => {
  await unzip(file, folder, {
    [`${native}/libone.so`]: "one.so",
    [`${native}/libtwo.so`]: "two.so",
  });
  expect(await readdir(folder)).toEqual(["one.so", "package.zip", "two.so"]);
  expect(await readFile(path.join(folder, "one.so"), "utf8")).toBe("one".repeat(20));
  expect(await readFile(path.join(folder, "two.so"), "utf8")).toBe("two".repeat(20));
});

it("names what the file lacks", async () => {
  const unpacking = unzip(file, folder, { [`${native}/libthree.so`]: "three.so" });
  await expect(unpacking).rejects.toThrow("libthree.so");
});

it("refuses what is no zip file", async () => {
  await writeFile(file, "<html>");
  await expect(unzip(file, folder, {})).rejects.toThrow(/central directory/i);
});

it("refuses a file whose content is damaged", async () => {
  const bytes = Buffer.from(zipped, "base64");
  // The byte is the first of libone.so's content, 30 + 35 bytes after its header's start at 56.
  bytes[56 + 30 + 35]! ^= 0xff;
  await writeFile(file, bytes);
  await expect(unzip(file, folder, { [`${native}/libone.so`]: "one.so" })).rejects.toThrow(
    /unexpected end|invalid|CRC/i,
  );
});
