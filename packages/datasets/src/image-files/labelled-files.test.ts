import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SaidOrder, saidOrder } from "./class-order.ts";
import { readLabelFile } from "./labelled-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "labels-"));
  await mkdir(join(folder, "images/more"), { recursive: true });
  // The images are empty, since reading labels does not open them.
  await mkdir(join(folder, "images/folder.png"));
  execFileSync("mkfifo", [join(folder, "images/fifo.png")]);
  for (const name of ["a.jpg", "b.PNG", "more/c, the third.jpeg"]) {
    await writeFile(join(folder, "images", name), "");
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string | Uint8Array, said: SaidOrder | null = null) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readLabelFile(path, join(folder, "images"), said);
}

/** Reads labels beside a `classes.txt` of these names. */
async function readBeside(names: readonly string[], text: string) {
  const classes = join(folder, "images/classes.txt");
  await writeFile(classes, names.join("\n"));
  try {
    return await read("l.csv", text);
  } finally {
    await rm(classes);
  }
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
    "lines of a name, a blank and a number",
    "val.txt",
    "a.jpg 2\nb.PNG\t0\nmore/c, the third.jpeg 11\n",
  ],
  [
    "other spellings of a path",
    "l.csv",
    './a.jpg,2\nmore/../b.PNG,0\n".//more/c, the third.jpeg",11',
  ],
  [
    "JSON with a byte order mark",
    "l.json",
    '\uFEFF{"a.jpg": 2, "b.PNG": 0, "more/c, the third.jpeg": 11}',
  ],
  [
    "a JSON list",
    "l.json",
    '[{"file": "a.jpg", "label": 2}, {"file": "b.PNG", "label": 0}, {"file": "more/c, the third.jpeg", "label": 11}]',
  ],
] as const)("class indices stand for themselves: %s", async ([, name, text]) => {
  expect(await read(name, text)).toMatchObject({
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

test.for(["utf16le", "utf16be"])("UTF-16 is read by its byte order mark: %s", async (encoding) => {
  const bytes = Buffer.from("\uFEFFa.jpg,2\nb.PNG,0\n", "utf16le");
  const { labels } = await read("l.csv", encoding === "utf16le" ? bytes : bytes.swap16());
  expect([...labels]).toEqual([2, 0]);
});

test("a path from the root is one of the folder where it leads there", async () => {
  const path = join(folder, "images/a.jpg");
  expect((await read("l.csv", `${path},2\n`)).files).toEqual(["a.jpg"]);
});

test("images beside those that are named are counted", async () => {
  await mkdir(join(folder, "images/other"), { recursive: true });
  for (const name of ["more/d.bmp", "more/notes.txt", "other/e.png"]) {
    await writeFile(join(folder, "images", name), "");
  }
  const { listing } = await read("l.csv", '"more/c, the third.jpeg",1\n');
  expect(listing.leftOut).toEqual([
    { what: "not named in l.csv", files: 1, first: "more/d.bmp", classes: [] },
  ]);
});

test("a blank in a CSV's file name does not make it a list of Caffe's", async () => {
  const failure = read("l.csv", "my a.jpg 3.jpg,2\n");
  await expect(failure).rejects.toThrow("names images that are not in");
});

test("the order of names is as open as that of folders", async () => {
  const text = "a.jpg,apple\nb.PNG,Banana\n";
  await expect(read("l.csv", text)).rejects.toThrow(
    /the classes of .*l.csv have two orders: timm puts "apple" before "Banana"/,
  );
  const { labels, classes, listing } = await read("l.csv", text, saidOrder("timm", null));
  expect(classes).toEqual(["apple", "Banana"]);
  expect([...labels]).toEqual([0, 1]);
  expect(listing.order).toMatchObject({ taken: "timm", by: "--class-order" });
  await expect(read("l.csv", "a.jpg,1\n", saidOrder("timm", null))).rejects.toThrow(
    "--class-order timm does not apply to the numbers of",
  );
});

test("whole numbers that classes.txt lists are names", async () => {
  const { labels, classes } = await readBeside(["7", "0", "cat"], "a.jpg,0\nb.PNG,7\n");
  expect([...labels]).toEqual([1, 0]);
  expect(classes).toEqual(["7", "0", "cat"]);
  const mixed = await readBeside(["7", "0", "cat"], "a.jpg,cat\nb.PNG,7\n");
  expect([...mixed.labels]).toEqual([2, 0]);
});

test("whole numbers that it does not list are indices where no class has a number for a name", async () => {
  const { labels, classes } = await readBeside(["dog", "cat", "eel"], "a.jpg,2\nb.PNG,0\n");
  expect([...labels]).toEqual([2, 0]);
  expect(classes).toEqual(["dog", "cat", "eel"]);
});

test.for([
  [
    ["1", "2", "3"],
    "a.jpg,1\nb.PNG,0\n",
    'b.PNG has the label "0", which classes.txt does not list',
  ],
  [["007", "008"], "a.jpg,7\nb.PNG,8\n", 'while it lists "007": it is open whether'],
  [["cat", "1"], "a.jpg,0\n", "it is open whether labels are names or indices"],
  [["cat", "dog"], "a.jpg,0\nb.PNG,eel\n", 'the class "0", which classes.txt does not list'],
] as const)(
  "numbers that may be names are refused beside %j: %j",
  async ([names, text, message]) => {
    const failure = readBeside(names, text);
    await expect(failure).rejects.toThrow(InputError);
    await expect(failure).rejects.toThrow(message);
  },
);

test("a classes' file that cannot be read is not passed over", async () => {
  const classes = join(folder, "images/classes.txt");
  await mkdir(classes);
  try {
    await expect(read("l.csv", "a.jpg,1\n")).rejects.toThrow("classes.txt cannot be read: it is a");
  } finally {
    await rm(classes, { recursive: true });
  }
});

test("a name after a tab may have blanks", async () => {
  const { classes } = await read("l.tsv", "a.jpg\tankle boot\nb.PNG\tshirt\n");
  expect(classes).toEqual(["ankle boot", "shirt"]);
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
  ["l.csv", "a.jpg,1\n./a.jpg,1\n", "has a.jpg and ./a.jpg, which are one image"],
  ["l.csv", "../images/a.jpg,1\n", 'names "../images/a.jpg", which is outside'],
  ["l.csv", "more/../../l.csv.png,1\n", "which is outside"],
  ["l.csv", "/etc/motd.png,1\n", 'names "/etc/motd.png", which is outside'],
  ["l.csv", "folder.png,1\n", 'names "folder.png", which is a folder'],
  ["l.csv", "fifo.png,1\n", 'names "fifo.png", which is a FIFO'],
  ["l.csv", Buffer.from("a.jpg,1", "utf16le"), "it seems to be UTF-16 without a byte-order mark"],
  ["l.csv", Buffer.from("caf\xe9.jpg,1", "latin1"), "l.csv is not UTF-8"],
  ["val.txt", "a.jpg 1\nb.PNG\n", '"b.PNG" is no image with a blank and a label after it'],
  ["val.txt", "a.jpg 1.5\n", 'a.jpg has the label "1.5"'],
  ["l.json", '{"a.jpg": 1, "b.PNG": 2, "a\\u002ejpg": 3}', 'has the key "a.jpg" twice'],
  ["l.json", '[{"file": "a.jpg", "label": 1, "label": 2}]', 'has the key "label" twice'],
  ["l.csv", "a.jpg,1\nb.PNG,\n", '"b.PNG," is no image with a label'],
  ["l.csv", "a.mp4,1\nb.PNG,2\n", '"a.mp4,1" is no image with a label'],
  ["l.csv", "a.jpg;1\n", "is no image with a label"],
  ["l.csv", "a.jpg,1\nb.PNG,2,3\n", "is no file of labels: "],
  ["l.csv", "a.jpg,-1\nb.PNG,2\n", 'a.jpg has the label "-1"'],
  ["l.csv", "a.jpg,1.5\n", 'a.jpg has the label "1.5"'],
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

test.for([
  ["lists within lists", "l.json", `{"a.jpg": ${"[".repeat(1e5)}${"]".repeat(1e5)}}`],
  ["a long name", "l.json", `{"${"b".repeat(1e6)}": {}}`],
  ["a long line", "l.csv", `a.jpg,1,${"b".repeat(1e6)}`],
  ["a long quoted word", "l.csv", `a.jpg,1\n${"b".repeat(1e6)}"`],
  ["a long label", "l.csv", `a.jpg,${"0".repeat(1e6)}`],
] as const)("an error is short and on one line, whatever the file: %s", async ([, name, text]) => {
  const failure = read(name, text);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(/^.{1,350}$/);
});

test("a labels' file that is not there is named", async () => {
  const failure = readLabelFile(join(folder, "missing.csv"), folder);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("missing.csv cannot be read");
});
