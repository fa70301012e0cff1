import { InputError } from "@sebench/spec";

/**
 * The most classes that a chart draws, which is as many as its colours tell apart. The paper draws
 * four as well (SENet v4, figure 6).
 */
const mostDrawn = 4;

/**
 * Reads the labels of the classes that `--classes` names, by name or by label, separated by commas
 * or repeated. A name that holds a comma is given alone.
 *
 * @param names the names of all classes, in label order, or null where classes have labels only
 */
export function readClasses(
  texts: readonly string[],
  names: readonly string[] | null,
): readonly number[] {
  const items = texts.flatMap((text) =>
    names?.includes(text.trim()) ? [text] : text.split(",").filter((item) => item.trim() !== ""),
  );
  const labels = [...new Set(items.map((item) => labelOf(item.trim(), names)))];
  if (labels.length >= 1 && labels.length <= mostDrawn) return labels;
  throw new InputError(`--classes names ${labels.length} classes`, {
    remedy: `name from 1 to ${mostDrawn}`,
  });
}

function labelOf(item: string, names: readonly string[] | null): number {
  const named = names?.indexOf(item) ?? -1;
  if (named >= 0) return named;
  const label = /^\d{1,9}$/.test(item) ? Number(item) : -1;
  if (label >= 0 && label < (names?.length ?? Infinity)) return label;
  const known = names?.slice(0, 20).join(", ");
  throw new InputError(`--classes does not know "${item}"`, {
    remedy:
      known === undefined
        ? "the classes have no names: give their numbers"
        : `choose from ${known}${names!.length > 20 ? ", ..." : ""}, or give a class's number`,
  });
}

/**
 * The labels to draw, of those that were seen.
 *
 * @param asked the labels that were asked for, or null for the first four
 */
export function drawnClasses(
  asked: readonly number[] | null,
  seen: ReadonlyMap<number, unknown>,
  names: readonly string[] | null,
): readonly number[] {
  if (asked === null) return [...seen.keys()].slice(0, mostDrawn);
  const missing = asked.find((label) => !seen.has(label));
  if (missing === undefined) return asked;
  throw new InputError(`no image is of class ${names?.[missing] ?? missing}`, {
    remedy: "raise --images, or name another class with --classes",
  });
}
