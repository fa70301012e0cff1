import type { ExcitationsRecord } from "@sebench/results";
import { dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, type Html, prose } from "../page/html.ts";
import { extentOf, type Track, trackChart } from "../page/track-chart.ts";
import { formatMoment, formatTick } from "../text/format.ts";
import { classColours, excitationsStyle } from "./class-colours.ts";
import {
  blockName,
  type ExcitationsContent,
  excitationsColumns,
  excitationsContent,
  explanations,
  lossText,
  meanGate,
} from "./content.ts";
import { gatePanel, mostChannels } from "./gate-panel.ts";
import { type BlockLosses, lossesOf } from "./loss.ts";

/**
 * The page of a record of excitations: the paper's figure of the gates, and what the network loses
 * without each.
 */
export function excitationsHtml(record: ExcitationsRecord): string {
  const content = excitationsContent(record);
  const body = html`<header>
      <h1>${content.title}</h1>
      <p class="muted">
        ${record.dataset.name} · ${record.runtime} · ${formatMoment(record.run.started)}
      </p>
    </header>
    <main>
      ${content.sentences.map((sentence) => html`<p>${prose(sentence)}</p> `)}
      ${figureSection(record)} ${lossSection(record, content)} ${provenanceSection(record, content)}
    </main>`;
  return htmlPage(`sebench: ${content.title}`, body, excitationsStyle);
}

function figureSection({ blocks, drawn }: ExcitationsRecord): Html {
  const sampled = blocks.some(({ channels }) => channels > mostChannels);
  return html`<section id="gates">
    <h2>What the gates say</h2>
    <p>
      A panel for each block, named by stage and place: SE_4_6 is the sixth block of stage 4. A line
      is the gate's mean over the images of a class, channel by channel. Lines that lie on each
      other are a gate that does not know the class; a line at 1 lets its channels
      pass.${sampled ? ` Of more than ${mostChannels} channels, ${mostChannels} at even distances are drawn.` : null}
    </p>
    ${legend(blocks[0]!.classes, drawn)}
    <div class="panels">
      ${blocks.map(
        (block, index) =>
          html`<figure>
            <figcaption>
              <strong>${blockName(block)}</strong>
              <span class="muted">${block.channels} channels, ${meanGate(block)}</span>
            </figcaption>
            ${gatePanel(block, drawn, `gate-${index}`)}
          </figure> `,
      )}
    </div>
  </section> `;
}

function legend(
  classes: ExcitationsRecord["blocks"][number]["classes"],
  drawn: readonly number[],
): Html {
  const items = drawn.map((label, index) => {
    const { name, images } = classes.find((own) => own.label === label)!;
    const line = html`<path
      d="M0 6H28"
      stroke="var(--${classColours[index]!.name})"
      stroke-width="3"
    />`;
    return legendItem(line, `${name ?? `class ${label}`} (${images})`);
  });
  const all = html`<path d="M0 0H28V12H0Z" fill="var(--band)" />
    <path d="M0 6H28" stroke="var(--ink)" stroke-width="2" stroke-dasharray="4 3" />`;
  return html`<ul class="legend">
    ${items} ${legendItem(all, "all images, with one standard deviation")}
  </ul>`;
}

function legendItem(drawing: Html, text: string): Html {
  return html`<li><svg viewBox="0 0 28 12" aria-hidden="true">${drawing}</svg>${text}</li> `;
}

function lossSection(record: ExcitationsRecord, { rows, notes }: ExcitationsContent): Html {
  return html`<section id="losses">
    <h2>What is lost without them</h2>
    <p>
      Each gate in turn answers the same for every image: its own mean, which a deployment can fold
      into the convolution before it, or 1, which is the block gone. Point: the loss of top-1. Line:
      its 95 % interval. Strong line: no loss. Each chart has a scale of its own.
    </p>
    <h3>The gate at its mean</h3>
    ${lossChart(record, "byMean", "Loss with each gate at its mean")}
    <h3>The gate at 1</h3>
    ${lossChart(record, "byOne", "Loss with each gate at 1")}
    ${dataTable({
      caption: "Block by block: the gate, and the points of top-1 that are lost without it",
      columns: excitationsColumns.map(({ title }, index) => ({
        title,
        kind: index === 0 ? ("text" as const) : ("number" as const),
      })),
      rows,
    })}
    ${explanations.map((text) => html`<p class="small muted">${text}</p> `)}
    ${
      notes.length === 0
        ? null
        : html`<ul>
            ${notes.map((note) => html`<li>${note}</li> `)}
          </ul>`
    }
  </section> `;
}

function lossChart(record: ExcitationsRecord, kind: keyof BlockLosses, title: string): Html {
  const losses = lossesOf(record).map((each) => each[kind]);
  const tracks = losses.map((loss): Track => {
    const { interval, share } = loss;
    return {
      value: `${lossText(loss)} points`,
      line: [100 * interval[0], 100 * interval[1]],
      bar: null,
      marks: [{ at: 100 * share, shape: "filled" }],
    };
  });
  return trackChart({
    caption: title,
    first: "Block",
    axes: [
      {
        title: "Points of top-1 lost: ● with its 95 % interval",
        scale: "linear",
        extent: extentOf(tracks, 0),
        reference: 0,
        format: formatTick,
      },
    ],
    rows: record.blocks.map((block, index) => {
      const { verdict } = losses[index]!;
      return {
        name: blockName(block),
        notes: verdict === "cannot tell" ? "" : verdict,
        strong: verdict !== "cannot tell",
        tracks: [tracks[index]!],
      };
    }),
  });
}

function provenanceSection({ run }: ExcitationsRecord, { facts }: ExcitationsContent): Html {
  return html`<section id="reproduce">
    <h2>Run it again</h2>
    <pre class="wrap">${run.command}</pre>
    <dl>
      ${facts.map(
        ([term, fact]) =>
          html`<dt>${term}</dt>
            <dd>${fact}</dd> `,
      )}
    </dl>
    <p class="small muted">
      The mean and the deviation of every channel and class stand in excitations.json beside this
      file.
    </p>
  </section>`;
}
