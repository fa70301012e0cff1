import {
  type BudgetJudgement,
  type BudgetOutcome,
  parseCaseId,
  type RunRecord,
} from "@sebench/results";
import { formatMs, formatMsWithin, formatOverheadWithin } from "../format.ts";
import { dataTable } from "../html/data-table.ts";
import { html, type Html } from "../html/html.ts";
import { escapeMarkdown, markdownTable } from "../markdown.ts";

const titles = ["Case", "Budget", "Measured, 95 %", "Verdict"] as const;

/** What became of the budgets, as a section of the page; null where none were set. */
export function budgetSection(record: RunRecord): Html | null {
  const rows = rowsOf(record);
  if (rows.length === 0) return null;
  return html`<section id="budgets">
    <h2>Budgets</h2>
    ${dataTable({
      caption: "What SE may cost, and what it costs",
      columns: titles.map((title) => ({ title, kind: "text" })),
      rows,
    })}
    <p class="small muted">${explanation}</p>
  </section> `;
}

/** What became of the budgets, as blocks of Markdown; none where none were set. */
export function budgetBlocks(record: RunRecord): string[] {
  const rows = rowsOf(record);
  if (rows.length === 0) return [];
  const columns = titles.map((title) => ({ title, align: "left" as const }));
  const cells = rows.map((row) => row.map(escapeMarkdown));
  return ["### Budgets", markdownTable(columns, cells), explanation];
}

/** What became of each budget, in a sentence, for a terminal. */
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
