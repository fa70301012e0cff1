import de from "./words/de.json";
import en from "./words/en.json";
import zh from "./words/zh.json";

/** The sentences of the page in one language, by their keys. */
export type Words = Readonly<Record<WordKey, string>>;
export type WordKey = keyof typeof en;

/** The languages by their codes. A new one is a file beside the others, and a line here. */
export const languages = { en, de, zh } as const satisfies Readonly<Record<string, Words>>;
export type Language = keyof typeof languages;

/** The first of the browser's languages that the page has, or English. */
export function browserLanguage(wanted: readonly string[]): Language {
  const codes = wanted.map((tag) => tag.toLowerCase().split("-")[0]!);
  const found = codes.find((code) => Object.hasOwn(languages, code));
  return (found ?? "en") as Language;
}

/** Fills a sentence's places, such as `{seconds}`. Places that nothing fills stay as they are. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}
