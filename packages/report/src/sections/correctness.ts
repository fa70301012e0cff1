import {
  type MemberAccuracy,
  type MemberParity,
  membersLosing,
  parityHolds,
  ran,
  type RanCase,
  type RunRecord,
} from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import {
  againstOracle,
  agreementText,
  type LabelledCase,
  labelledCases,
  referenceText,
  seAgainstPlain,
} from "../case/correctness.ts";
import { caseHeading, dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { safetyCells, safetyColumns, safetyRows, safetyWords } from "../numerics/se-safety.ts";
import { wrongOutputs } from "../numerics/wrong-output.ts";
import { precisionCells, precisionColumns, precisionCosts } from "../run/precision-cost.ts";
import { verdictsOf } from "../run/verdict.ts";
import {
  formatDifference,
  formatImages,
  formatNumberOf,
  formatShare,
  formatShareWithin,
} from "../text/format.ts";

/** The section that says whether the output is right. */
export function paritySection(run: RunRecord): Section | null {
  const cases = run.cases.filter(ran);
  if (cases.length === 0) return null;
  const wrong = cases.filter((record) => !parityHolds(record));
  const label = caseLabels(run.cases);
  return {
    id: "parity",
    title: "Is the output right?",
    gist:
      wrong.length === 0
        ? `yes: parity holds in ${cases.length === 1 ? "the one case" : `all ${cases.length} cases`}`
        : html`<span class="bad"
            >parity fails in ${wrong.length} of
            ${formatNumberOf(cases.length, "case", "cases")}</span
          >`,
    content: html`<p>
        ${referencesText(cases)} Relative difference: the largest difference of a value over the
        largest value of the image's logits, or of the model's output. Where parity fails, latency
        is shown and not ranked.
      </p>
      ${dataTable({
        caption: "Parity with the reference: plain, SE",
        columns: [
          { title: "Case", kind: "text" },
          { title: "Parity", kind: "short" },
          ...(hasFiles(cases) ? ([{ title: "Held against", kind: "text" }] as const) : []),
          { title: "Relative", kind: "number" },
          { title: "Tolerance", kind: "number" },
          { title: "Absolute", kind: "number" },
          { title: "Same top class", kind: "number" },
        ],
        rows: cases.map((record) => parityRow(record, label(record), hasFiles(cases))),
      })}
      ${wrongOutputs(run).map(
        ({ sentence, command }) =>
          html`<p>${sentence}${command && html` To look closer: <code>${command}</code>`}</p>`,
      )}`,
  };
}

/** Whether outputs of a case were held against those of a model's own file. */
const hasFiles = (cases: readonly RanCase[]) =>
  cases.some(({ reference }) => reference !== undefined);

/** What outputs were held against, in sentences, by what is among the cases. */
function referencesText(cases: readonly RanCase[]): string {
  const oracle =
    "Logits against those of the oracle, a float64 executor that shares no code with any engine.";
  const file =
    "Outputs of a model that is not imported against those of its own file on " +
    "onnxruntime-node/cpu, whose graph runs as it is written, without optimisation.";
  const isByOracle = cases.some(({ reference }) => reference === undefined);
  const twin =
    "The twin without SE of a model's file may be off by a hundred times the tolerance, since nothing " +
    "was trained without the gates: it is a model of cost, and no partner for parity.";
  const isModel = cases.some(({ weights }) => weights.kind === "model");
  return [
    ...(isByOracle ? [oracle] : []),
    ...(hasFiles(cases) ? [file] : []),
    ...(isModel ? [twin] : []),
  ].join(" ");
}

function parityRow(record: RanCase, name: string, tellsReference: boolean): (string | Html)[] {
  const { plain, se, tolerance } = record.parity;
  const both = (of: (member: MemberParity) => string) => `${of(plain)}, ${of(se)}`;
  return [
    caseHeading(name, workLabel(record)),
    parityHolds(record)
      ? html`<span class="good">holds</span>`
      : html`<span class="bad">FAILS</span>`,
    ...(tellsReference ? [referenceText(record)] : []),
    both(({ relative }) => formatDifference(relative)),
    formatDifference(tolerance),
    both(({ maxAbs }) => formatDifference(maxAbs)),
    both(({ top1Agreement }) => formatShare(top1Agreement)),
  ];
}

/** The section that says where SE is safe, or null where nothing but fp32 ran, and rightly. */
export function safetySection(run: RunRecord): Section | null {
  const rows = safetyRows(run);
  if (rows.length === 0) return null;
  const unsafe = rows.filter(({ cells }) =>
    Object.values(cells).some((cell) => cell.startsWith("NOT SAFE")),
  );
  return {
    id: "safety",
    title: "Is SE safe here?",
    gist:
      unsafe.length === 0
        ? "nothing is wrong with SE alone"
        : html`<span class="bad">not on ${unsafe.map(({ place }) => place).join("; ")}</span>`,
    content: html`<p>${safetyWords}</p>
      ${dataTable({
        caption: "SE by runtime and precision",
        columns: safetyColumns.map(({ title }) => ({ title, kind: "text" })),
        rows: rows.map(safetyCells),
      })}`,
  };
}

/**
 * The section that says whether labelled images are still recognised, or null where no case was
 * asked about any.
 */
export function accuracySection(run: RunRecord): Section | null {
  const labelled = labelledCases(run.cases.filter((record) => record.status === "ok"));
  if (labelled.length === 0) return null;
  const label = caseLabels(run.cases);
  const lost = labelled.filter(({ accuracy }) => membersLosing(accuracy).length > 0);
  const places = [...new Set(lost.map(({ record }) => label(record)))].join(", ");
  return {
    id: "accuracy",
    title: "Is the answer still right?",
    gist:
      lost.length === 0
        ? `no accuracy is lost in ${formatNumberOf(labelled.length, "case", "cases")} with labelled images`
        : html`<span class="bad">Accuracy is lost on ${places}.</span>`,
    content: html`<p>
        Top-1 on labelled images, the first test images of the data set, by the sessions that were
        timed, once timing was over; slow runtimes were asked about as many as there was time for.
        Beside each stands how often the largest logit is of the oracle's class, and on which images
        only the runtime or only the oracle is right: won, lost. p is that of McNemar's exact test;
        below 0.01 a runtime that lost more than it won has lost accuracy.
      </p>
      ${verdictsOf(run).flatMap(({ work, accuracy }) =>
        accuracy.map((sentence) => html`<p>${work}: ${prose(sentence)}</p> `),
      )}
      ${dataTable({
        caption: "Accuracy on labelled images: plain above, SE beneath",
        columns: [
          { title: "Case", kind: "text" },
          { title: "Images", kind: "number" },
          { title: "Top 1", kind: "number" },
          { title: "The oracle's class", kind: "number" },
          { title: "What differs", kind: "text" },
        ],
        rows: labelled.map((each) => accuracyRow(each, label(each.record))),
      })}`,
  };
}

function accuracyRow({ record, accuracy }: LabelledCase, name: string): (string | Html)[] {
  const { images, dataset } = accuracy;
  const both = (of: (member: MemberAccuracy) => string) =>
    html`<span class="line">${of(accuracy.plain)}</span>
      <span class="line">${of(accuracy.se)}</span>`;
  return [
    caseHeading(name, `${workLabel(record)}, ${dataset}`),
    formatImages(images),
    both(({ top1, interval }) => formatShareWithin(top1, interval)),
    both((member) => agreementText(member, images)),
    `${againstOracle(accuracy)}; ${seAgainstPlain(accuracy)}`,
  ];
}

/**
 * The section that says what precision costs in correctness and what SE costs in it, or null where
 * all cases have one precision.
 */
export function precisionSection(run: RunRecord): Section | null {
  const costs = precisionCosts(run);
  if (costs.length === 0) return null;
  const label = caseLabels(run.cases);
  const precisions = [...new Set(costs.map(({ record }) => record.precision))];
  return {
    id: "precision",
    title: "What precision costs",
    gist: `${precisions.join(", ")} side by side`,
    content: html`<p>
        The same pair on the same runtime in several precisions: how long it takes beside fp32, what
        SE costs in each, and how far the logits are from the float64 oracle's. Two figures in a
        cell are of plain and of SE.
      </p>
      ${dataTable({
        caption: "Precisions of one runtime and pair",
        columns: precisionColumns.map(({ title, align }) => ({
          title,
          kind: align === "left" ? "text" : "number",
        })),
        rows: costs.map((cost) => precisionCells(cost, label)),
      })}`,
  };
}
