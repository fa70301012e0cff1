import {
  type Compared,
  type ComparisonTool,
  type Finding,
  type Outcome,
  percentOf,
} from "./comparison-tool.ts";

/** The findings of each tool at each slowdown, as Markdown. */
export function comparisonTables(
  tools: readonly ComparisonTool[],
  slowdowns: readonly number[],
  outcomes: readonly Outcome[],
): string {
  const columns = slowdowns.map((slowdown) =>
    slowdown === 0 ? "false alarms at 0 %" : `found at ${percentOf(slowdown)}`,
  );
  return [
    ...table(
      ["tool", "says that the head is slower where", ...columns, "seconds a trial"],
      tools.flatMap((tool) => countRows(tool, slowdowns, outcomes)),
    ),
    "",
    "A false alarm is a head that is said to be slower or faster where it does the same as the base.",
    "",
    "The slowdown as estimated, mean ± standard deviation over the trials, in percent:",
    "",
    ...table(
      ["tool", ...slowdowns.map(percentOf)],
      tools.map((tool) => estimateRow(tool, slowdowns, outcomes)),
    ),
    ...tools.flatMap((tool) => remarks(tool, outcomes)),
  ].join("\n");
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function countRows(
  tool: ComparisonTool,
  slowdowns: readonly number[],
  outcomes: readonly Outcome[],
): string[][] {
  const compared = comparedBy(tool, outcomes);
  const seconds =
    compared.length === 0 ? none : mean(compared.map((each) => each.seconds)).toFixed(1);
  return tool.rules.map((rule, index) => [
    tool.name,
    rule,
    ...slowdowns.map((slowdown) => countCell(findingsAt(compared, slowdown, index), slowdown)),
    seconds,
  ]);
}

const none = "–";

function countCell(findings: readonly Finding[], slowdown: number): string {
  if (findings.length === 0) return none;
  const count = (head: Finding["head"]) => findings.filter((each) => each.head === head).length;
  const of = ` of ${findings.length}`;
  if (slowdown === 0) return `${count("slower") + count("faster")}${of}`;
  const wrong = count("faster") === 0 ? "" : `, ${count("faster")} "faster"`;
  return `${count("slower")}${of}${wrong}`;
}

/** The row of a tool's estimate, which all rules of the tool judge. */
function estimateRow(
  tool: ComparisonTool,
  slowdowns: readonly number[],
  outcomes: readonly Outcome[],
): string[] {
  const compared = comparedBy(tool, outcomes);
  return [
    tool.name,
    ...slowdowns.map((slowdown) =>
      estimateCell(findingsAt(compared, slowdown, 0).map(({ ratio }) => 100 * (ratio - 1))),
    ),
  ];
}

function estimateCell(percents: readonly number[]): string {
  if (percents.length === 0) return none;
  const center = mean(percents);
  if (percents.length === 1) return hundredths(center);
  const squares = percents.map((percent) => (percent - center) ** 2);
  const deviation = Math.sqrt((mean(squares) * squares.length) / (squares.length - 1));
  return `${hundredths(center)} ± ${hundredths(deviation)}`;
}

/** A number to the hundredth, without the sign of a zero. */
function hundredths(value: number): string {
  return (Math.round(100 * value) / 100 || 0).toFixed(2);
}

function remarks(tool: ComparisonTool, outcomes: readonly Outcome[]): string[] {
  const compared = comparedBy(tool, outcomes);
  const failures = outcomes.flatMap((each) =>
    each.kind === "failed" && each.tool === tool.name ? [each.reason] : [],
  );
  return [
    tool.unavailable === null ? null : `not run: ${tool.unavailable}.`,
    compared.length === 0 ? null : (tool.note?.(compared) ?? null),
    failures.length === 0 ? null : `${failures.length} trials failed: ${failures[0]}`,
  ].flatMap((remark) => (remark === null ? [] : ["", `${tool.name}: ${remark}`]));
}

function comparedBy(tool: ComparisonTool, outcomes: readonly Outcome[]): Compared[] {
  return outcomes.filter(
    (each): each is Compared => each.kind === "compared" && each.tool === tool.name,
  );
}

function findingsAt(compared: readonly Compared[], slowdown: number, rule: number): Finding[] {
  return compared
    .filter((each) => each.slowdown === slowdown)
    .map(({ findings }) => findings[rule]!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
