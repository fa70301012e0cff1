import {
  type BudgetJudgement,
  type BudgetOutcome,
  parseCaseId,
  type RunRecord,
} from "@sebench/results";
import { dataTable } from "../page/data-table.ts";
import { html, type Html } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { formatMs, formatMsWithin, formatOverheadWithin } from "../text/format.ts";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";

const titles = ["Case", "Budget", "Measured, 95 %", "Verdict"] as const;

/** The section of what became of the budgets, or null where none were set. */
export function budgetSection(record: RunRecord): Section | null {
  const rows = rowsOf(record);
  if (rows.length === 0) return null;
  return {
    id: "budgets",
    title: "Budgets",
    gist: gistOf(rows),
    content: html`${dataTable({
        caption: "What SE may cost, and what it costs",
        columns: titles.map((title) => ({ title, kind: "text" })),
        rows,
      })}
      <p class="small muted">${explanation}</p>`,
  };
}

function gistOf(rows: readonly Row[]): Html {
  const count = (wanted: string) => rows.filter(([, , , verdict]) => verdict === wanted).length;
  const [broken, kept, open] = [count("broken"), count("kept"), count("cannot tell")];
  const bad = broken === 0 ? null : html`<span class="bad">${broken} broken</span>, `;
  return html`${bad}${kept} kept${open === 0 ? null : html`, ${open} cannot be told`}`;
}

/** The blocks of Markdown that tell what became of the budgets: none where no budgets were set. */
export function budgetBlocks(record: RunRecord): string[] {
  const rows = rowsOf(record);
  if (rows.length === 0) return [];
  const columns = titles.map((title) => ({ title, align: "left" as const }));
  const cells = rows.map((row) => row.map(escapeMarkdown));
  return ["### Budgets", markdownTable(columns, cells), explanation];
}

/** A sentence for a terminal about what became of each budget. */
export function budgetSentences(record: RunRecord): string[] {
  return rowsOf(record).map(
    ([place, budget, measured, verdict]) => `budget ${verdict}: ${place}, ${budget}, ${measured}`,
  );
}

const explanation =
  "A budget is kept if the whole interval is within it, and broken if the whole interval is beyond it. In between the run cannot tell: a longer --budget narrows the interval.";

type Row = readonly [place: string, budget: string, measured: string, verdict: string];

function rowsOf({ budgets = [] }: RunRecord): Row[] {
  return budgets.flatMap((judgement) =>
    judgement.outcomes.length === 0
      ? [missingRow(judgement)]
      : judgement.outcomes.map((outcome) => outcomeRow(judgement, outcome)),
  );
}

/** The row of a budget for a case that the run does not have. */
function missingRow({ budget }: BudgetJudgement): Row {
  const { maxOverhead, maxLatencyMs, ...selected } = budget;
  const limits = [
    maxOverhead === undefined ? [] : limitText("maxOverhead", maxOverhead),
    maxLatencyMs === undefined ? [] : limitText("maxLatencyMs", maxLatencyMs),
  ].flat();
  const place = Object.values(selected).join(", ");
  return [place, limits.join(", "), "this run has no such case", "cannot tell"];
}

function outcomeRow({ budget }: BudgetJudgement, outcome: BudgetOutcome): Row {
  const { limit, verdict, reason } = outcome;
  const { runtime, host, network, imageSize, batch, precision, lowering } = parseCaseId(
    outcome.case,
  );
  const place = `${runtime} on ${host}, ${network}, ${imageSize} px, batch ${batch}, ${precision}, ${lowering}`;
  const measured = [measuredText(outcome), reason].filter((part) => part !== null).join("; ");
  return [place, limitText(limit, budget[limit]!), measured, verdict];
}

function limitText(limit: BudgetOutcome["limit"], most: number): string {
  return limit === "maxOverhead"
    ? `SE costs at most ${Number((100 * most).toFixed(3))} %`
    : `SE takes at most ${formatMs(most)}`;
}

function measuredText({ limit, value, interval }: BudgetOutcome): string | null {
  if (value === null) return null;
  return limit === "maxOverhead"
    ? formatOverheadWithin(value, interval)
    : formatMsWithin(value, interval);
}
