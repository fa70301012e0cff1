import { expect, test } from "vitest";
import { datasetListing, describeListing } from "./dataset-listing.ts";

type Listing = Parameters<typeof describeListing>[0];
const plain: Listing = { order: null, nested: null, alsoRead: [], leftOut: [], empty: [] };
const kind = (what: string, files: number, names: readonly string[]) => ({
  what,
  files,
  first: `${names[0]}/a`,
  classes: names.map((name) => ({ name, files: 2 })),
});

test("of a folder in which nothing is odd, nothing is said", () => {
  expect(describeListing(datasetListing.parse(plain))).toEqual([]);
});

test("the order that was taken is said, with what says so and how to take the other", () => {
  const apart = ["class2", "class10"] as const;
  const say = (taken: "timm" | "torchvision", by: "--class-order" | "--preprocessing") =>
    describeListing({ ...plain, order: { taken, by, apart } });
  expect(say("timm", "--preprocessing")).toEqual([
    'Classes are numbered in timm\'s order, "class2" before "class10", since --preprocessing is ' +
      "timm's; if torchvision's ImageFolder numbered them for the training, give " +
      "--class-order torchvision.",
  ]);
  expect(say("torchvision", "--class-order")).toEqual([
    'Classes are numbered in torchvision\'s order, "class10" before "class2", as --class-order says.',
  ]);
});

test("what is left out is counted and named by kind and class, and what was lost is loud", () => {
  const listing: Listing = {
    ...plain,
    nested: { images: 3, classIs: "the outermost folder" },
    alsoRead: [{ what: ".gif", files: 2 }],
    leftOut: [kind(".heic\u001b[2J\n", 4, ["cat", "dog"]), kind(".DS_Store", 2, ["cat"])],
    empty: ["eel"],
  };
  expect(describeListing(datasetListing.parse(listing))).toEqual([
    "3 images lie in folders within the class folders; the class is the outermost folder, as for " +
      "torchvision; timm takes the innermost, as --class-order timm does.",
    "2 .gif are read, which torchvision's ImageFolder passes over.",
    "6 files are LEFT OUT: 4 .heic?[2J? (in cat 2, dog 2, the first is cat/a), " +
      "2 .DS_Store (in cat, the first is cat/a).",
    "NO IMAGE OF eel: every file there is left out.",
  ]);
});

test("of many kinds and classes, the first are named", () => {
  const names = Array.from({ length: 1000 }, (_, label) => `n${label}`);
  const leftOut = names.slice(0, 20).map((name) => kind(`.${name}`, 2000, names));
  const [line] = describeListing({ ...plain, leftOut, empty: names });
  expect(line).toMatch(/^40000 files .* n4 2 and 995 more, .* and 12 more\.$/);
  expect(line!.length).toBeLessThan(800);
});
