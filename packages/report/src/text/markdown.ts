import { oneLine } from "@sebench/spec";

/** A character that is not seen, which parts what GitHub would make a link of. */
const parting = "&#8203;";

/**
 * Text that stands for itself in Markdown, in a table as well. GitHub links mentions, numbers of
 * issues and addresses once Markdown is read, so a backslash does not keep it from that.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|#~&$]/g, "\\$&")
    .replace(/^(?:[-+]|\d+(?=[.)]))(?=[.)]?(?: |$))/, (mark) =>
      /\d/.test(mark) ? `${mark}\\` : `\\${mark}`,
    )
    .replace(/@(?=\w)|#(?=\d)|\bGH-(?=\d)|:(?=\/\/)|\bwww(?=\.)/gi, `$&${parting}`);
}

/**
 * The words of an engine as code: nothing in them is read as Markdown, and "@name" calls nobody.
 * Tables cannot have it, because a "|" would end the cell.
 */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  const runs = line.match(/`+/g)?.map((run) => run.length) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A part that a reader unfolds; its content is Markdown already. */
export function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A table whose cells are Markdown already. */
export function markdownTable(
  columns: readonly { readonly title: string; readonly align: "left" | "right" }[],
  rows: readonly (readonly string[])[],
): string {
  const rule = columns.map(({ align }) => (align === "left" ? ":--" : "--:"));
  return [columns.map(({ title }) => title), rule, ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
