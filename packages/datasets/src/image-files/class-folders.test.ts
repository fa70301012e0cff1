import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listClassFolders } from "./class-folders.ts";
import { type ClassOrder, saidOrder } from "./class-order.ts";

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

test("what is left out is counted by kind and class, and the first is named", async () => {
  await write(["cat/1.jpg", "cat/a.HEIC", "cat/more/b.heic", "cat/.DS_Store", "cat/notes"]);
  await write(["dog/1.jpg", "dog/c.heic", "stray.png", "readme.md"]);
  await symlink(join(folder, "readme.md"), join(folder, "a-link"));
  const { files, classes, listing } = await listClassFolders(folder);
  expect(files).toEqual(["cat/1.jpg", "dog/1.jpg"]);
  expect(classes).toEqual(["cat", "dog"]);
  const inCat = [{ name: "cat", files: 1 }];
  expect(listing.leftOut).toEqual([
    {
      what: ".heic",
      files: 3,
      first: "cat/a.HEIC",
      classes: [
        { name: "cat", files: 2 },
        { name: "dog", files: 1 },
      ],
    },
    { what: ".DS_Store", files: 1, first: "cat/.DS_Store", classes: inCat },
    { what: "without an ending", files: 1, first: "cat/notes", classes: inCat },
    { what: "in no class folder", files: 1, first: "stray.png", classes: [] },
  ]);
});

test("of endings without number, the first are told apart", async () => {
  await write([
    "cat/1.jpg",
    ...Array.from({ length: 60 }, (_, index) => `cat/scan.${100 + index}`),
  ]);
  const { leftOut } = (await listClassFolders(folder)).listing;
  expect(leftOut).toHaveLength(51);
  expect(leftOut[0]).toMatchObject({ what: "of other kinds", files: 10, first: "cat/scan.150" });
});

test("FIFOs, sockets and devices are left out, and links that lead to them", async () => {
  await write(["cat/1.jpg"]);
  execFileSync("mkfifo", [join(folder, "cat/2.jpg")]);
  await symlink("/dev/zero", join(folder, "cat/3.jpg"));
  await symlink(join(folder, "cat/2.jpg"), join(folder, "cat/4.jpg"));
  const server = createServer().listen(join(folder, "cat/5.jpg"));
  await once(server, "listening");
  try {
    const { files, listing } = await listClassFolders(folder);
    expect(files).toEqual(["cat/1.jpg"]);
    expect(listing.leftOut.map(({ what, files: count }) => [what, count])).toEqual([
      ["FIFO", 2],
      ["device", 1],
      ["socket", 1],
    ]);
  } finally {
    server.close();
  }
});

test("links are followed, but not back to a folder that holds them", async () => {
  await write(["store/1.png", "photos/cat/2.png"]);
  const cat = join(folder, "photos/cat");
  await symlink(join(folder, "store"), join(cat, "more"));
  await symlink(join(folder, "store/1.png"), join(cat, "3.png"));
  await symlink("..", join(cat, "up"));
  await symlink(".", join(cat, "here"));
  await symlink(cat, join(folder, "photos/kitten"));
  const { files, listing } = await listClassFolders(join(folder, "photos"));
  expect(files).toEqual([
    "cat/2.png",
    "kitten/2.png",
    "cat/3.png",
    "kitten/3.png",
    "cat/more/1.png",
    "kitten/more/1.png",
  ]);
  expect(listing.leftOut).toMatchObject([{ what: "link to a folder that holds it", files: 4 }]);
});

test("a link that leads nowhere is an image, which reading then calls broken", async () => {
  await write(["cat/1.jpg"]);
  await symlink(join(folder, "missing"), join(folder, "cat/2.jpg"));
  expect((await listClassFolders(folder)).files).toEqual(["cat/1.jpg", "cat/2.jpg"]);
});

test("a hidden folder is a class if it has images, as for torchvision, and none without", async () => {
  await write(["cat/1.jpg", ".cache/1.jpg", ".git/config"]);
  const { classes, listing } = await listClassFolders(folder);
  expect(classes).toEqual([".cache", "cat"]);
  expect(listing.leftOut).toMatchObject([
    { what: "without an ending", classes: [{ name: ".git" }] },
  ]);
});

test("classes.txt keeps the number of a class without images, which is named", async () => {
  await write(["cat/1.jpg", "dog/1.heic", "eel/1.jpg"]);
  await writeFile(join(folder, "classes.txt"), "\uFEFFcat\ndog\neel\n");
  const { labels, classes, listing } = await listClassFolders(folder);
  expect([...labels]).toEqual([0, 2]);
  expect(classes).toEqual(["cat", "dog", "eel"]);
  expect(listing.empty).toEqual(["dog"]);
});

const flag = (taken: ClassOrder) => saidOrder(taken, null);

test("the class of nested images is the outermost folder, and for timm the innermost", async () => {
  await write(["cat/1.jpg", "cat/big/lion.jpg", "dog/small/pug.jpg"]);
  for (const said of [null, flag("torchvision")]) {
    const { classes, listing } = await listClassFolders(folder, said);
    expect(classes).toEqual(["cat", "dog"]);
    expect(listing.nested).toEqual({ images: 2, classIs: "the outermost folder" });
  }
  const { files, labels, classes } = await listClassFolders(folder, flag("timm"));
  expect(classes).toEqual(["big", "cat", "small"]);
  expect(files.map((file, index) => [file, labels[index]])).toEqual([
    ["cat/1.jpg", 1],
    ["cat/big/lion.jpg", 0],
    ["dog/small/pug.jpg", 2],
  ]);
  await expect(listClassFolders(folder, saidOrder(undefined, "timm"))).rejects.toThrow(
    "the class of " + join(folder, "cat/big/lion.jpg"),
  );
});

test("where torchvision and timm number classes apart, a flag or classes.txt says which", async () => {
  await write(["class1/1.png", "class2/1.png", "class10/1.png"]);
  await expect(listClassFolders(folder)).rejects.toThrow(
    'have two orders: timm puts "class2" before "class10", torchvision after it',
  );
  const byTimm = await listClassFolders(folder, flag("timm"));
  expect(byTimm.classes).toEqual(["class1", "class2", "class10"]);
  const apart = ["class2", "class10"];
  expect(byTimm.listing.order).toEqual({ taken: "timm", by: "--class-order", apart });
  const byTorchvision = await listClassFolders(folder, saidOrder(undefined, "torchvision-v2"));
  expect(byTorchvision.classes).toEqual(["class1", "class10", "class2"]);
  expect(byTorchvision.listing.order).toMatchObject({ by: "--preprocessing" });
  await writeFile(join(folder, "classes.txt"), "class10\nclass2\nclass1\n");
  const listed = await listClassFolders(folder, saidOrder(undefined, "timm"));
  expect(listed.classes).toEqual(["class10", "class2", "class1"]);
  await expect(listClassFolders(folder, flag("timm"))).rejects.toThrow(
    "--class-order timm does not apply",
  );
});

test("torchvision's preprocessing does not say that class indices go as text", async () => {
  await write(["1/1.png", "2/1.png", "10/1.png"]);
  await expect(listClassFolders(folder, saidOrder(undefined, "torchvision"))).rejects.toThrow(
    'timm puts "2" before "10"',
  );
  expect((await listClassFolders(folder, flag("torchvision"))).classes).toEqual(["1", "10", "2"]);
});

test("torchvision's order stands where timm has none", async () => {
  await write(["Cat/1.png", "cat/1.png", "dog/1.png"]);
  const { classes, listing } = await listClassFolders(folder, flag("torchvision"));
  expect(classes).toEqual(["Cat", "cat", "dog"]);
  expect(listing.order?.apart).toEqual(["cat", "Cat"]);
});

test("timm's order is refused where timm would make other classes", async () => {
  await write(["cat/1.webp", "dog/1.png"]);
  await expect(listClassFolders(folder, flag("timm"))).rejects.toThrow(
    "reads no image of the class cat, such as cat/1.webp",
  );
  await write(["cat/1.png", "stray.png"]);
  await expect(listClassFolders(folder, flag("timm"))).rejects.toThrow(
    "stray.png lies in no class",
  );
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
  [["train/a.mp4", "val/b.mp4"], null, "no images in its folders (train, val), but 2 .mp4"],
  [["cat/1.jpg", "dog/1.heic"], null, "dog has no images, but 1 .heic"],
  [["Cat/1.jpg", "cat/1.jpg"], null, 'include "cat" and "Cat", which timm numbers by chance'],
  [["cat/1.jpg"], "dog\neel\n", 'cat/1.jpg has the class "cat", which classes.txt does not list'],
  [["1/1.jpg", "2/1.jpg", "10/1.jpg"], null, 'timm puts "2" before "10"'],
  [["cat/1.jpg"], "cat\ncat\n", 'classes.txt has "cat" twice'],
  [["cat/1.jpg"], "cat\n\ndog\n", "classes.txt has an empty line"],
] as const)("bad input names its cause: %o with %o", async ([paths, names, message]) => {
  await write(paths);
  if (names !== null) await writeFile(join(folder, "classes.txt"), names);
  const failure = listClassFolders(folder);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});
