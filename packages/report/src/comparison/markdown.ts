import type { Comparison } from "@sebench/results";
import { details, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { caseRows, comparisonFacts, type ComparisonRow, otherRows, verdictTally } from "./rows.ts";

const columns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "Base", align: "right" },
  { title: "Head", align: "right" },
  { title: "Change, 95 %", align: "right" },
  { title: "Verdict", align: "left" },
] as const;

/** The mark of the comment on a pull request that a later comparison replaces. */
export const commentMarker = "<!-- sebench comparison -->";

/**
 * A comparison for a comment on a pull request: what changed is in sight, what did not is folded
 * away.
 */
export function comparisonMarkdown(comparison: Comparison): string {
  const rows = caseRows(comparison);
  const seen = rows.filter(({ verdict, notes }) => verdict !== "same" || notes.length > 0);
  const quiet = rows.filter((row) => !seen.includes(row));
  const others = otherRows(comparison);
  const blocks = [
    commentMarker,
    `## SE overhead: ${verdictTally(comparison)}`,
    ...(seen.length === 0 ? [] : [table(seen)]),
    ...(quiet.length === 0 ? [] : [details(`${quiet.length} the same`, table(quiet))]),
    ...(others.length === 0 ? [] : [details("Forms and latencies", table(others, true))]),
    comparisonFacts(comparison).map(escapeMarkdown).join(" "),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function table(rows: readonly ComparisonRow[], withQuantity = false): string {
  return markdownTable(
    columns,
    rows.map(({ runtime, work, quantity, base, head, change, verdict, notes }) => [
      escapeMarkdown(runtime),
      escapeMarkdown(withQuantity ? `${work}, ${quantity}` : work),
      base,
      head,
      change,
      [verdict === "same" ? verdict : `**${verdict}**`, ...notes.map(escapeMarkdown)].join("; "),
    ]),
  );
}
