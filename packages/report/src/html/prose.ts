import { html, type Html, trusted } from "./html.ts";

/**
 * A sentence in which no line breaks within a figure and its interval or within
 * a flag, and in which commands in backticks look like commands.
 */
export function prose(sentence: string): Html {
  const { markup } = html`${sentence}`;
  return trusted(
    markup
      .replace(/[+−]?[\d.]+ (?:%|ms)(?: \[[^\]]+\])?|--[a-z-]+/g, '<span class="keep">$&</span>')
      .replace(/`([^`]+)`/g, "<code>$1</code>"),
  );
}
