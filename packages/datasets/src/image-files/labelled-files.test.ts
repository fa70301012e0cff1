import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLabelFile } from "./labelled-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "labels-"));
  await mkdir(join(folder, "images/more"), { recursive: true });
  // The images are empty, since reading labels does not open them.
  for (const name of ["a.jpg", "b.PNG", "more/c, the third.jpeg"]) {
    await writeFile(join(folder, "images", name), "");
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readLabelFile(path, join(folder, "images"));
}

test.for([
  ["a header", "l.csv", 'file,label\na.jpg,2\nb.PNG,0\n"more/c, the third.jpeg",11\n'],
  ["no header", "l.csv", 'a.jpg,2\nb.PNG,0\n"more/c, the third.jpeg",11'],
  [
    "Windows' line ends and a byte order mark",
    "l.csv",
    '\uFEFFa.jpg, 2\r\nb.PNG,0\r\n\r\n"more/c, the third.jpeg",11',
  ],
  ["a JSON object", "l.json", '{"a.jpg": 2, "b.PNG": "0", "more/c, the third.jpeg": 11}'],
  [
    "a JSON list",
    "l.json",
    '[{"file": "a.jpg", "label": 2}, {"file": "b.PNG", "label": 0}, {"file": "more/c, the third.jpeg", "label": 11}]',
  ],
] as const)("class indices stand for themselves: %s", async ([, name, text]) => {
  expect(await read(name, text)).toEqual({
    files: ["a.jpg", "b.PNG", "more/c, the third.jpeg"],
    labels: Int32Array.of(2, 0, 11),
    classes: null,
  });
});

test("class names are numbered in sorted order", async () => {
  const { labels, classes } = await read("l.csv", "image,class\na.jpg,shirt\nb.PNG,ankle boot\n");
  expect(classes).toEqual(["ankle boot", "shirt"]);
  expect([...labels]).toEqual([1, 0]);
});

test("classes.txt beside the images gives the order of the names", async () => {
  const names = join(folder, "images/classes.txt");
  await writeFile(names, "shirt\nbag\nankle boot\n");
  try {
    const { labels } = await read("l.json", '{"a.jpg": "shirt", "b.PNG": "ankle boot"}');
    expect([...labels]).toEqual([0, 2]);
  } finally {
    await rm(names);
  }
});

test.for([
  ["l.csv", "a.jpg,1\nz.jpg,2\ny.jpg,1\n", /names images that are not in .*: z.jpg, y.jpg$/],
  ["l.csv", "a.jpg,1\na.jpg,2\n", "has a.jpg twice"],
  ["l.csv", "a.jpg,1\nb.PNG,\n", '"b.PNG," is no image with a label'],
  ["l.csv", "a.gif,1\nb.PNG,2\n", '"a.gif,1" is no image with a label'],
  ["l.csv", "a.jpg;1\n", "is no image with a label"],
  ["l.csv", "a.jpg,1\nb.PNG,2,3\n", "is no file of labels: "],
  ["l.csv", "a.jpg,-1\nb.PNG,2\n", "a.jpg has the label -1"],
  ["l.csv", "a.jpg,1.5\n", "a.jpg has the label 1.5"],
  ["l.csv", "a.jpg,1\nb.PNG,bag\n", "some labels are names, and that of a.jpg is the number 1"],
  ["l.csv", "file,label\n", "names no images"],
  ["l.csv", "", "names no images"],
  ["l.json", "{", "is no file of labels: "],
  ["l.json", '{"a.jpg": null}', "is no image with a label"],
  ["l.json", '[{"file": "a.jpg"}]', "is no image with a label"],
  ["l.json", '["a.jpg"]', "is no image with a label"],
  ["l.json", "7", "names no images"],
] as const)("bad input names its cause: %s %j", async ([name, text, message]) => {
  const failure = read(name, text);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});

test("a labels' file that is not there is named", async () => {
  const failure = readLabelFile(join(folder, "missing.csv"), folder);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("missing.csv cannot be read");
});
