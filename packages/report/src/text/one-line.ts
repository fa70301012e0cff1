/**
 * The text of an engine on one line, without what a terminal would obey: colours,
 * cursor moves, line breaks.
 */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}
