import { visible } from "@sebench/spec";

/** Markup that is safe to put into a page as it is. */
export interface Html {
  readonly markup: string;
}

type Content = string | number | Html | readonly Html[] | null;

/**
 * A template of markup. Every text that is put in is escaped, so that what an
 * engine says can never become markup; `null` leaves nothing.
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const markup = strings.reduce((text, string, index) => {
    return `${text}${markupOf(contents[index - 1] ?? null)}${string}`;
  });
  return { markup };
}

/** Wraps markup that this package wrote itself: styles, and what a chart library drew. */
export function trusted(markup: string): Html {
  return { markup };
}

function markupOf(content: Content): string {
  if (content === null) return "";
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return escapeHtml(content);
  return "markup" in content ? content.markup : content.map(({ markup }) => markup).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

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
