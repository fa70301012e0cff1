/** What somebody may have called a data set, a branch, a class or a file, one of each kind of attack. */
export const hostileText =
  "=HYPERLINK(1)\u001B[2J\u0007\u202Egnp\u2066\r\n# pwned\n\n- item\n\n![i](https://evil.example/x.png) " +
  "<script>pwn()</script> <img src=x> ::stop-commands::x @somebody #123 GH-9 www.evil.example | cell | [l](javascript:x) $x$ ~~s~~";

type Path = readonly (string | number)[];

/** The places of texts or numbers in a record; those that differ in nothing but the index of a list are one place. */
function placesOf(value: unknown, type: "string" | "number", path: Path = []): Map<string, Path[]> {
  if (typeof value === type) return new Map([[placeOf(path), [path]]]);
  const places = new Map<string, Path[]>();
  if (typeof value !== "object" || value === null) return places;
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const key of keys) {
    const own = placesOf((value as Record<string | number, unknown>)[key], type, [...path, key]);
    for (const [place, paths] of own) places.set(place, [...(places.get(place) ?? []), ...paths]);
  }
  return places;
}

function placeOf(path: Path): string {
  return path.map((key) => (typeof key === "number" ? "*" : key)).join(".");
}

function replaceAt(record: unknown, paths: readonly Path[], value: string | number): void {
  for (const path of paths) {
    const holder = path
      .slice(0, -1)
      .reduce((each, key) => (each as Record<string | number, unknown>)[key], record);
    (holder as Record<string | number, unknown>)[path.at(-1)!] = value;
  }
}

/**
 * The record with hostile text, or a number, at every place where its reader takes it, and these
 * places: `machine.cpu.model`.
 *
 * @param accepts whether the reader takes a record
 */
export async function hostileRecord<Of>(
  record: Of,
  accepts: (changed: Of) => Promise<boolean> | boolean,
  value: string | number = hostileText,
): Promise<{ readonly record: Of; readonly places: string[] }> {
  const changed = structuredClone(record);
  const places: string[] = [];
  for (const [place, paths] of placesOf(record, typeof value === "string" ? "string" : "number")) {
    const trial = structuredClone(record);
    replaceAt(trial, paths, value);
    // Records are read one after the other, from one file.
    // oxlint-disable-next-line no-await-in-loop
    if (!(await accepts(trial))) continue;
    replaceAt(changed, paths, value);
    places.push(place);
  }
  return { record: changed, places };
}
