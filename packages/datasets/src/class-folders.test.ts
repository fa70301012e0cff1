import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listClassFolders } from "./open-dataset.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "classes-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes empty image files, since listing does not open them. */
async function write(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), "");
  }
}

test("classes are the folders' names, sorted, and ImageNet's files are images", async () => {
  await write(["n01443537/ILSVRC2012_val_00000236.JPEG", "n01440764/ILSVRC2012_val_00000293.JPEG"]);
  const { files, labels, classes } = await listClassFolders(folder);
  expect(classes).toEqual(["n01440764", "n01443537"]);
  expect(files).toEqual([
    "n01440764/ILSVRC2012_val_00000293.JPEG",
    "n01443537/ILSVRC2012_val_00000236.JPEG",
  ]);
  expect([...labels]).toEqual([0, 1]);
});

test("the classes take turns, so that the first images show all of them", async () => {
  await write(["cat/2.png", "cat/1.jpg", "cat/3.webp", "dog/1.PNG", "eel/2.jpeg", "eel/1.Jpg"]);
  const { files, labels } = await listClassFolders(folder);
  expect(files).toEqual([
    "cat/1.jpg",
    "dog/1.PNG",
    "eel/1.Jpg",
    "cat/2.png",
    "eel/2.jpeg",
    "cat/3.webp",
  ]);
  expect([...labels]).toEqual([0, 1, 2, 0, 2, 0]);
});

test("what is no image, no folder or hidden does not count", async () => {
  await write(["cat/1.jpg", "cat/.1.jpg", "cat/notes.txt", ".cache/1.jpg", "readme.md"]);
  await symlink(join(folder, "readme.md"), join(folder, "a-link"));
  const { files, classes } = await listClassFolders(folder);
  expect(files).toEqual(["cat/1.jpg"]);
  expect(classes).toEqual(["cat"]);
});

test("a class without images keeps its number", async () => {
  await write(["cat/1.jpg", "dog/readme", "eel/1.jpg"]);
  const { labels, classes } = await listClassFolders(folder);
  expect([...labels]).toEqual([0, 2]);
  expect(classes).toEqual(["cat", "dog", "eel"]);
});

test("classes.txt gives the order, and classes that have no folder", async () => {
  await write(["cat/1.jpg", "eel/1.jpg"]);
  await writeFile(join(folder, "classes.txt"), "eel\ndog\r\ncat\n\n");
  const { labels, classes } = await listClassFolders(folder);
  expect([...labels]).toEqual([2, 0]);
  expect(classes).toEqual(["eel", "dog", "cat"]);
});

test("folders that are numbers have one order where text and value agree", async () => {
  await write(["08/1.jpg", "09/1.jpg", "10/1.jpg"]);
  expect((await listClassFolders(folder)).classes).toEqual(["08", "09", "10"]);
});

test("classes.txt says whether folders that are numbers go by value", async () => {
  await write(["2/1.jpg", "10/1.jpg"]);
  await writeFile(join(folder, "classes.txt"), "2\n10\n");
  const { files, labels } = await listClassFolders(folder);
  expect(files).toEqual(["10/1.jpg", "2/1.jpg"]);
  expect([...labels]).toEqual([1, 0]);
});

test.for([
  [["a.jpg"], null, "there are no folders"],
  [["train/cat/1.jpg", "val/cat/1.jpg"], null, "no images in its folders (train, val)"],
  [["cat/1.jpg"], "dog\neel\n", 'cat/1.jpg has the class "cat", which classes.txt does not list'],
  [["1/1.jpg", "2/1.jpg", "10/1.jpg"], null, "it is open whether 2 comes before 10"],
  [["cat/1.jpg"], "cat\ncat\n", 'classes.txt has "cat" twice'],
  [["cat/1.jpg"], "cat\n\ndog\n", "classes.txt has an empty line"],
] as const)("bad input names its cause: %o with %o", async ([paths, names, message]) => {
  await write(paths);
  if (names !== null) await writeFile(join(folder, "classes.txt"), names);
  const failure = listClassFolders(folder);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});
