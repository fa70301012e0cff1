import { seededRandom } from "@sebench/measure";

/** A source of choices that are the same for the same seed. */
export interface Choice {
  /** A whole number from 0 to `end - 1`, or 0 where there is none. */
  below(end: number): number;
  of<Item>(items: readonly Item[]): Item;
  /** Whether something happens that does so with this probability. */
  chance(probability: number): boolean;
}

export function seededChoice(seed: number): Choice {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * Math.max(1, end));
  return {
    below,
    of: (items) => items[below(items.length)]!,
    chance: (probability) => random() < probability,
  };
}

/** The numbers at which readers and arithmetic go wrong, as JSON writes them. */
export const edgeNumbers = [
  "0",
  "-0",
  "1",
  "-1",
  "0.5",
  "5e-324",
  "1e-300",
  "1e308",
  "-1e308",
  "1e999",
  "127",
  "255",
  "65536",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740993",
  "1e21",
] as const;

/** Texts that are valid in a record and awkward where they are printed, compared or looked up. */
export const awkwardTexts = [
  "",
  " ",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "\u001B[31mred\u001B[0m",
  "two\nlines",
  "tab\there",
  "\u0000",
  "\u009B1m",
  "\uD800",
  "\u{1F600}",
  "\u202Eoverride",
  "| a | b |",
  "# heading",
  "![](x)",
  "@somebody",
  "<script>alert(1)</script>",
  "</details>",
  "`code`",
  "$(id)",
  "'quoted'",
  "../../up",
  "/absolute",
  "-",
  "se-resnet8{r=8}",
  "2026-03-02T09:15:00.000Z",
  "a".repeat(5000),
] as const;
