/** The colours and cursor moves of a terminal (ECMA-48, "CSI"). */
const sequences = /\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu;

/** Control characters and line breaks but for `\n`, which are left as a blank. */
const breaks = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * What changes the text around it and is not seen itself: bidirectional marks (UAX 9, which let
 * text read as another than it is), byte-order marks, halves of surrogate pairs, tags.
 */
const unseen = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\p{Cs}\u{E0000}-\u{E007F}]/gu;

/**
 * The text of somebody else as outlets may show it: without what a terminal would obey and
 * without what a reader cannot see.
 */
export function visible(text: string): string {
  return text.replace(sequences, "").replace(breaks, " ").replace(unseen, "");
}

/** The text of somebody else on one line, as the outlets that have lines show it. */
export function oneLine(text: string): string {
  return visible(text)
    .replace(/[ \n]+/g, " ")
    .trim();
}

/** The text on one line, and no more than this many characters of it. */
export function briefly(text: string, most: number): string {
  // A text of many megabytes is cut before it is cleaned, and what is cut off is counted.
  const line = oneLine(text.slice(0, 4 * most));
  const left = text.length - most;
  return line.length <= most && text.length <= 4 * most
    ? line
    : `${line.slice(0, most)}... (${left} characters more)`;
}
