import {
  dimsText,
  type InspectedBlock,
  type Inspection,
  type RuntimeNote,
  type SlowForm,
} from "@sebench/models";
import { oneLine } from "@sebench/spec";
import { dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, type Html } from "../page/html.ts";
import { formatBytes, formatCount, formatNumberOf, formatShare } from "../text/format.ts";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { type Column, type TerminalOptions, textTable, wrapText } from "../text/text-table.ts";

/** What the reports of an inspection say, in words. */
interface InspectionContent {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly blocks: readonly (readonly string[])[];
  readonly runtimes: readonly (readonly string[])[];
  readonly slowForms: readonly string[];
  readonly riskyForms: readonly string[];
  readonly facts: readonly (readonly [string, string])[];
}

const blockColumns: readonly Column[] = [
  { title: "product", align: "left" },
  { title: "kind", align: "left" },
  { title: "channels", align: "right" },
  { title: "r", align: "right" },
  { title: "chain", align: "left" },
  { title: "gate", align: "left" },
  { title: "read by", align: "left" },
  { title: "parameters", align: "right" },
  { title: "MACs", align: "right" },
];
/** The places of the columns that a terminal has room for. */
const shortColumns = [0, 1, 2, 3, 5, 6, 7, 8];
/** The place of what reads a product, of which a terminal shows the operators alone. */
const readersAt = 6;

const runtimeColumns: readonly Column[] = [
  { title: "runtime", align: "left" },
  { title: "takes it", align: "left" },
  { title: "why", align: "left" },
];

/** The columns whose cells are a word. */
const narrowColumns: ReadonlySet<string> = new Set(["kind", "takes it"]);

/** Where the table of runtimes comes from, by the format of the file. */
const runtimesExplained: Readonly<Record<Inspection["format"], string>> = {
  onnx:
    "By tables of what onnxruntime 1.30 does with each operator and opset; the file was not loaded. " +
    "Of CUDA and TensorRT no table is known here, so only opset and domains were looked at.",
  tflite:
    "By what LiteRT.js 2.5.3 was seen to do with operators; the file was not loaded, and an operator that was never tried counts as one that is taken.",
  tfjs:
    "By the operators that tfjs-converter 4.22 executes and the kernels that each backend has; the file was not loaded. " +
    "Of tfjs-node no table of kernels is known here, so only the operators were looked at.",
};

function inspectionContent(found: Inspection): InspectionContent {
  const { blocks, macs, parameters, notes } = found;
  const kinds = new Map<string, number>();
  for (const { kind } of blocks) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
  const name = found.file.split(/[/\\]/).at(-1)!;
  const number = blocks.length === 0 ? "no" : String(blocks.length);
  const opset = found.opsets["ai.onnx"];
  return {
    title: `${name}: ${number} SE block${blocks.length === 1 ? "" : "s"}${counted && ` (${counted})`}`,
    sentences: [
      [
        `${formatCount(parameters)} parameters in ${found.precision}`,
        ...(macs === null ? [] : [`${formatCount(macs)} MACs a run`]),
        `${formatNumberOf(found.nodes, "node", "nodes")}`,
        ...(opset === undefined ? [] : [`opset ${opset}`]),
        `written by ${found.producer ?? "a program that it does not name"}`,
      ].join(", ") + ".",
      ...(blocks.length === 0 ? [] : [sharesText(found)]),
      ...notes,
    ],
    blocks: blocks.map((block) => blockRow(block, found)),
    runtimes: found.runtimes.map(runtimeRow),
    slowForms: found.slowForms.map(slowFormText),
    riskyForms: found.riskyForms.map(slowFormText),
    facts: factsOf(found),
  };
}

function sharesText({ se, parameters, macs }: Inspection): string {
  const shares = [`${shareOf(se.parameters, parameters)} of the parameters`];
  if (macs !== null && se.macs !== null) shares.push(`${shareOf(se.macs, macs)} of the MACs`);
  return `SE has ${shares.join(" and ")}.`;
}

function shareOf(part: number, whole: number): string {
  const share = whole === 0 ? 0 : part / whole;
  return share > 0 && share < 0.001 ? "<0.1 %" : formatShare(Math.min(1, share));
}

function blockRow(block: InspectedBlock, { parameters, macs }: Inspection): string[] {
  const { kind, within, channels, reduction, chain, activation, gate, nodes, readers } = block;
  const product = nodes[chain.lastIndexOf("Mul")] ?? nodes.at(-1)!;
  return [
    within === null ? product : `${product}, in ${within}`,
    kind,
    channels === null ? "?" : String(channels),
    reduction === null ? "" : String(Number(reduction.toPrecision(3))),
    chain.join(" > "),
    activation === null ? gate : `${activation}, ${gate}`,
    readers.join(", "),
    `${formatCount(block.parameters)} (${shareOf(block.parameters, parameters)})`,
    block.macs === null || macs === null
      ? "?"
      : `${formatCount(block.macs)} (${shareOf(block.macs, macs)})`,
  ];
}

function runtimeRow({ runtime, takes, reasons }: RuntimeNote): string[] {
  return [
    runtime,
    takes === "part" ? "in part" : takes,
    reasons.map(({ why, nodes }) => `${why}${nodesText(nodes)}`).join("; "),
  ];
}

function slowFormText({ what, why, nodes }: SlowForm): string {
  return `${nodes.length} ${what}: ${why}${nodesText(nodes)}.`;
}

/** The first of some nodes, in brackets: ` (node a and 3 others)`. */
function nodesText([first, ...others]: readonly string[]): string {
  if (first === undefined) return "";
  const more =
    others.length === 0 ? "" : ` and ${formatNumberOf(others.length, "other", "others")}`;
  return ` (node ${first}${more})`;
}

function factsOf(found: Inspection): [string, string][] {
  const values = (list: Inspection["inputs"]) =>
    list.map(({ name, type, shape }) => `${name} ${type} ${dimsText(shape)}`).join("; ");
  return [
    ["file", `${found.file}, ${formatBytes(found.bytes)}, SHA-256 ${found.sha256}`],
    ["imported", importText(found)],
    ["inputs", values(found.inputs)],
    ["outputs", values(found.outputs)],
    found.format === "tfjs"
      ? ["format", "graph model of tfjs"]
      : [
          "opsets",
          Object.entries(found.opsets)
            .map(([domain, version]) => `${domain} ${version}`)
            .join(", "),
        ],
    ["operators", found.operators.map(({ op, count }) => `${op} ${count}`).join(", ")],
  ];
}

/** Whether the model goes into sebench's own graph, on which the oracle and tfjs stand. */
function importText({ obstacle }: Inspection): string {
  if (obstacle === null) return "yes";
  return `no: ${obstacle.node === null ? "" : `${obstacle.node}: `}${obstacle.why}`;
}

export function inspectionMarkdown(found: Inspection): string {
  const { title, sentences, blocks, runtimes, slowForms, riskyForms, facts } =
    inspectionContent(found);
  const escaped = (rows: readonly (readonly string[])[]) =>
    rows.map((row) => row.map(escapeMarkdown));
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...sentences.map(escapeMarkdown),
    ...(blocks.length === 0 ? [] : [markdownTable(blockColumns, escaped(blocks))]),
    ...(riskyForms.length === 0
      ? []
      : ["## Forms to look at in fp16 and int8", ...riskyForms.map(escapeMarkdown)]),
    ...(slowForms.length === 0 ? [] : ["## Slow forms", ...slowForms.map(escapeMarkdown)]),
    "## Runtimes",
    runtimesExplained[found.format],
    markdownTable(runtimeColumns, escaped(runtimes)),
    "## The file",
    facts.map(([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

export function inspectionHtml(found: Inspection): string {
  const { title, sentences, blocks, runtimes, slowForms, riskyForms, facts } =
    inspectionContent(found);
  const table = (
    caption: string,
    columns: readonly Column[],
    rows: readonly (readonly string[])[],
  ) =>
    dataTable({
      caption,
      columns: columns.map(({ title: name, align }) => ({
        title: name,
        kind: align === "right" ? "number" : narrowColumns.has(name) ? "short" : "text",
      })),
      rows,
    });
  const formsSection = (id: string, heading: string, lines: readonly string[]): Html | null =>
    lines.length === 0
      ? null
      : html`<section id="${id}">
          <h2>${heading}</h2>
          <ul>
            ${lines.map((line) => html`<li>${line}</li> `)}
          </ul>
        </section> `;
  const body = html`<header><h1>${title}</h1></header>
    <main>
      ${sentences.map((sentence) => html`<p>${sentence}</p> `)}
      ${
        blocks.length === 0
          ? null
          : html`<section id="blocks">
              <h2>SE blocks</h2>
              ${table("Block by block", blockColumns, blocks)}
            </section> `
      }
      ${formsSection("risky-forms", "Forms to look at in fp16 and int8", riskyForms)}
      ${formsSection("slow-forms", "Slow forms", slowForms)}
      <section id="runtimes">
        <h2>Runtimes</h2>
        <p>${runtimesExplained[found.format]}</p>
        ${table("Runtime by runtime", runtimeColumns, runtimes)}
      </section>
      <section id="file">
        <h2>The file</h2>
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

/** The text that `bench inspect` prints. */
export function inspectionTable(found: Inspection, { width }: TerminalOptions): string {
  const { title, sentences, blocks, runtimes, slowForms, riskyForms, facts } =
    inspectionContent(found);
  const short = <Each>(row: readonly Each[]) => shortColumns.map((place) => row[place]!);
  const shortRow = (row: readonly string[], index: number) => {
    const operators = found.blocks[index]!.readers.map((reader) => reader.split(" ")[0]!);
    return short(row.with(readersAt, operators.join(", ")));
  };
  const chains = new Map<string, number>();
  for (const row of blocks) chains.set(row[4]!, (chains.get(row[4]!) ?? 0) + 1);
  const line = (text: string) => wrapText(text, width, "  ");
  const parts = [
    [line(title), "", ...sentences.map(line)],
    blocks.length === 0 ? [] : ["", tableOf(short(blockColumns), blocks.map(shortRow), width), ""],
    [...chains].map(([chain, count]) => line(`${count} as ${chain}`)),
    riskyForms.length === 0 ? [] : ["", ...riskyForms.map((text) => line(`look at: ${text}`))],
    slowForms.length === 0 ? [] : ["", ...slowForms.map(line)],
    ["", ...runtimes.map(([name, takes, why]) => line(`${name}: ${takes}${why && `, ${why}`}`))],
    ["", ...facts.map(([term, fact]) => line(`${term}: ${fact}`))],
  ];
  return parts.flat().join("\n");
}

function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const options = { width, paintTitle: (text: string) => text };
  const listed = () => rows.map((row) => `- ${labelledRow(columns, row)}`).join("\n");
  return textTable(columns, cells, options) ?? listed();
}

/** A row of a table that is too wide, with the title of each cell but the first. */
function labelledRow(columns: readonly Column[], [first, ...rest]: readonly string[]): string {
  const labelled = rest.map((text, column) => `${columns[column + 1]!.title} ${text}`);
  return oneLine([first, ...labelled].join(", "));
}
