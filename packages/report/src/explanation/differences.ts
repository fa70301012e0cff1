import { describeWeights, type DifferencesRecord } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, prose } from "../page/html.ts";
import { machineFacts } from "../run/provenance.ts";
import {
  formatMoment,
  formatMs,
  formatMsWithin,
  formatNumberOf,
  formatOverheadWithin,
  formatShare,
} from "../text/format.ts";
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { type TerminalOptions, textRow, textTable, wrapText } from "../text/text-table.ts";
import { commitOf } from "./content.ts";
import { isTold } from "./share.ts";

const columns = [
  { title: "Part", align: "left" },
  { title: "Adds", align: "right" },
  { title: "Of the overhead", align: "right" },
  { title: "As the difference of", align: "left" },
] as const;

/** The steps, with the networks whose times are taken from each other. */
const steps = [
  ["squeeze", "Squeeze", "SE − SE without a squeeze"],
  ["excite", "Excite", "SE − SE without an excitation"],
  ["scale", "Scale", "SE without both − plain"],
  ["rest", "Rest", "measured − the three"],
] as const;

/** The sentences that say how a figure came to be, for all forms of the report. */
const explanations = [
  "All networks ran in the same rounds, each visited once in random order. A replica, in a process or browser of its own, gives the trimmed mean of its rounds' differences; the figures are means over replicas, with the 95 % t interval of how they differ.",
  "Without a squeeze, each channel gives the value in the corner of its map; without an excitation, the squeezed values go straight into the gate's activation. Both are other functions, and are there for their time alone. The rest is what the three do not add up to: a step may cost more or less beside the others, and chance.",
];

interface Content {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly facts: readonly (readonly [string, string])[];
}

export function differencesMarkdown(record: DifferencesRecord): string {
  const { title, sentences, rows, facts } = contentOf(record);
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...sentences.map(escapeMarkdown),
    markdownTable(
      columns,
      rows.map((row) => row.map(escapeMarkdown)),
    ),
    ...explanations.map(escapeMarkdown),
    facts.map(([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`).join("\n"),
    codeSpan(record.run.command),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The text that `bench explain` prints. */
export function differencesTable(record: DifferencesRecord, { width }: TerminalOptions): string {
  const { title, sentences, rows } = contentOf(record);
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const table = textTable(columns, cells, { width, paintTitle: (text) => text });
  const lines = sentences.map((line) => wrapText(line, width, "  "));
  return [oneLine(title), "", table ?? rows.map(textRow).join("\n"), "", ...lines].join("\n");
}

export function differencesHtml(record: DifferencesRecord): string {
  const { title, sentences, rows, facts } = contentOf(record);
  const body = html`<header><h1>${title}</h1></header>
    <main>
      ${sentences.map((sentence) => html`<p>${prose(sentence)}</p> `)}
      <section id="parts">
        <h2>By part</h2>
        ${dataTable({
          caption: "Part by part",
          columns: columns.map(({ title: name, align }) => ({
            title: name,
            kind: align === "right" ? ("number" as const) : ("text" as const),
          })),
          rows,
        })}
        ${explanations.map((text) => html`<p class="small muted">${text}</p> `)}
      </section>
      <section id="reproduce">
        <h2>Run it again</h2>
        <pre class="wrap">${record.run.command}</pre>
        <dl>
          ${facts.map(
            ([term, fact]) =>
              html`<dt>${term}</dt>
                <dd>${fact}</dd> `,
          )}
        </dl>
      </section>
    </main>`;
  return htmlPage(`sebench: ${title}`, body);
}

function contentOf(record: DifferencesRecord): Content {
  const { network, plain, runtime, run, latencyMs } = record;
  const named = (name: keyof typeof latencyMs) => formatMs(latencyMs[name]);
  return {
    title: `Where the overhead of ${network} goes on ${runtime}, by differences`,
    sentences: [
      `${record.reason}, so kernels, fusions, reorders and stages cannot be told apart here. The parts are the times that are saved without a step of SE.`,
      measuredSentence(record),
      restSentence(record),
    ],
    rows: [
      ...steps.map(([step, name, how]) => rowOf(record, record[step], name, how)),
      rowOf(record, record.measured, "Measured", "SE − plain"),
    ],
    facts: [
      ["Case", `${network} against ${plain}, ${record.imageSize} px, batch ${record.batch}`],
      [
        "Median latency",
        `plain ${named("plain")}, SE ${named("se")}, without squeeze ${named("without squeeze")}, without excitation ${named("without excite")}, without both ${named("scale alone")}`,
      ],
      ["Lowering", record.lowering],
      ["Precision", record.precision],
      ["Weights", describeWeights(record.weights)],
      ["Runtime", `${runtime} ${record.engineVersion}, ${record.host} ${record.hostVersion}`],
      ["Threads", String(record.attestation.se.threads ?? "those of a GPU")],
      [
        "Measured",
        `${formatNumberOf(record.replicas, "replica", "replicas")}, ${formatNumberOf(record.rounds, "round", "rounds")}`,
      ],
      ["sebench", commitOf(run)],
      ["Started", formatMoment(run.started)],
      ...machineFacts(record.machine),
    ],
  };
}

function measuredSentence({ network, measured, overhead, latencyMs }: DifferencesRecord): string {
  const cost = formatOverheadWithin(overhead.ratio, overhead.interval);
  return `SE costs ${cost} here: ${formatMsWithin(measured.ms, measured.interval)} of the ${formatMs(latencyMs.se)} that a run of ${network} takes.`;
}

function restSentence({ measured, rest }: DifferencesRecord): string {
  const text = formatMsWithin(rest.ms, rest.interval);
  if (!isTold(measured)) {
    return `No overhead can be told from none here, so nothing is said in shares of it; ${text} are in none of the steps.`;
  }
  const verdict = isTold(rest)
    ? "is in none of the steps alone: they do not cost beside one another what they cost alone"
    : "cannot be told from none";
  return `The three steps account for ${formatShare(1 - rest.ms / measured.ms)} of it; the rest, ${text}, ${verdict}.`;
}

function rowOf(
  { measured }: DifferencesRecord,
  { ms, interval }: DifferencesRecord["rest"],
  name: string,
  how: string,
): string[] {
  const share = isTold(measured) ? formatShare(ms / measured.ms) : "";
  return [name, formatMsWithin(ms, interval), share, how];
}
