import { z } from "zod";
import { count, words } from "../record/quantity.ts";

const leftOut = z.strictObject({
  /** The ending of the files, the name of hidden files, or what they are: "FIFO". */
  what: words,
  files: count.min(1),
  /** The path of the first, relative to the dataset's folder. */
  first: words,
  /** The classes in whose folders they are, and their number in each. */
  classes: z.array(z.strictObject({ name: words, files: count.min(1) })).readonly(),
});

/** How the files of a folder became images with classes. */
export const datasetListing = z.strictObject({
  /** The order of the classes where torchvision's and timm's differ, and what said which to take. */
  order: z
    .strictObject({
      taken: z.enum(["torchvision", "timm"]),
      by: z.enum(["--class-order", "--preprocessing"]),
      /**
       * Two classes, of which torchvision puts the second before the first, and timm after it, or
       * by chance.
       */
      apart: z.tuple([words, words]).readonly(),
    })
    .nullable(),
  /** The images that lie deeper than the class folders, or null if there are none. */
  nested: z
    .strictObject({
      images: count.min(1),
      classIs: z.enum(["the innermost folder", "the outermost folder"]),
    })
    .nullable(),
  /** The files that are read although torchvision's `ImageFolder` passes them over, by ending. */
  alsoRead: z.array(z.strictObject({ what: words, files: count.min(1) })).readonly(),
  leftOut: z.array(leftOut).readonly(),
  /** The classes whose folders have files, and no image among them. */
  empty: z.array(words).readonly(),
});
type DatasetListing = z.infer<typeof datasetListing>;

/** The most kinds of files, and the most classes of a kind, that are named. */
const [mostKinds, mostClasses] = [8, 5];

/** What a person should know of a listing, in sentences; none where there is nothing to say. */
export function describeListing(listing: DatasetListing): string[] {
  const { order, nested, alsoRead, leftOut: out, empty } = listing;
  const files = out.reduce((sum, kind) => sum + kind.files, 0);
  const sentences = [
    ...(order === null ? [] : [orderSentence(order)]),
    ...(nested === null ? [] : [nestedSentence(nested)]),
    ...alsoRead.map(
      (kind) => `${kind.files} ${kind.what} are read, which torchvision's ImageFolder passes over.`,
    ),
    ...(files === 0
      ? []
      : [`${files} ${files === 1 ? "file is" : "files are"} LEFT OUT: ${kinds(out)}.`]),
    ...(empty.length === 0
      ? []
      : [`NO IMAGE OF ${some(empty, mostClasses)}: every file there is left out.`]),
  ];
  // The names of files and folders may hold what a terminal obeys.
  return sentences.map((sentence) => sentence.replaceAll(/\p{Cc}/gu, "?"));
}

function orderSentence({ taken, by, apart }: NonNullable<DatasetListing["order"]>): string {
  const [first, second] = taken === "timm" ? apart : [apart[1], apart[0]];
  const other = taken === "timm" ? "torchvision's ImageFolder numbered them" : "timm numbered them";
  const otherFlag = `--class-order ${taken === "timm" ? "torchvision" : "timm"}`;
  const why =
    by === "--class-order"
      ? "as --class-order says"
      : `since --preprocessing is ${taken}'s; if ${other} for the training, give ${otherFlag}`;
  return `Classes are numbered in ${taken}'s order, "${first}" before "${second}", ${why}.`;
}

function nestedSentence({ images, classIs }: NonNullable<DatasetListing["nested"]>): string {
  const library =
    classIs === "the innermost folder"
      ? "as for timm"
      : "as for torchvision; timm takes the innermost, as --class-order timm does";
  const lie = images === 1 ? "1 image lies" : `${images} images lie`;
  return `${lie} in folders within the class folders; the class is ${classIs}, ${library}.`;
}

function kinds(all: DatasetListing["leftOut"]): string {
  const texts = all.map(({ what, files, first, classes }) => {
    const named = classes.map((each) =>
      classes.length === 1 ? each.name : `${each.name} ${each.files}`,
    );
    const where = classes.length === 0 ? "" : `in ${some(named, mostClasses)}, `;
    return `${files} ${what} (${where}the first is ${first})`;
  });
  return some(texts, mostKinds);
}

function some(items: readonly string[], most: number): string {
  if (items.length <= most) return items.join(", ");
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}
