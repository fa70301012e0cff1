import type { RunRecord } from "@sebench/results";
import { budgetSection } from "../budgets/budget-section.ts";
import { formatMoment } from "../format.ts";
import { accuracySection } from "./accuracy-section.ts";
import { answerSection } from "./answer-section.ts";
import { caseSection } from "./case-section.ts";
import { coldStartSection } from "./cold-start-section.ts";
import { computeSection } from "./compute-section.ts";
import { html } from "./html.ts";
import { htmlPage } from "./html-page.ts";
import { latencySection } from "./latency-section.ts";
import { loweringSection } from "./lowering-section.ts";
import { notMeasuredSection } from "./not-measured-section.ts";
import { overheadSection } from "./overhead-section.ts";
import { paritySection } from "./parity-section.ts";
import { precisionSection } from "./precision-section.ts";
import { provenanceSection } from "./provenance-section.ts";
import { throughputSection } from "./throughput-section.ts";

const chapters = [
  ["budgets", "Budgets"],
  ["overhead", "Overhead"],
  ["latency", "Latency"],
  ["compute", "Compute and time"],
  ["throughput", "Throughput"],
  ["cold-start", "Cold start"],
  ["parity", "Parity"],
  ["accuracy", "Accuracy"],
  ["precision", "Precision"],
  ["lowering", "Lowering"],
  ["not-measured", "Not measured"],
  ["cases", "Case by case"],
  ["method", "Method"],
  ["machine", "Machine"],
  ["reproduce", "Run it again"],
] as const;

/** One page that needs nothing but itself. */
export function htmlReport(record: RunRecord): string {
  const { run, machine } = record;
  const body = html`<header>
      <h1>What squeeze-and-excitation costs here</h1>
      <p class="muted">
        ${machine.cpu.model}, ${machine.cpu.usableCores}
        cores${machine.gpus.map(({ name }) => html`, ${name}`)} · ${formatMoment(run.started)} ·
        profile ${run.profile}
      </p>
    </header>
    <main>${answerSection(record)} ${chaptersOf(record)}</main>`;
  return htmlPage("sebench: what squeeze-and-excitation costs here", body);
}

function chaptersOf(record: RunRecord) {
  const sections = html`${[
    budgetSection,
    overheadSection,
    latencySection,
    computeSection,
    throughputSection,
    coldStartSection,
    paritySection,
    accuracySection,
    precisionSection,
    loweringSection,
    notMeasuredSection,
    caseSection,
    provenanceSection,
  ].flatMap((section) => section(record) ?? [])}`;
  const links = chapters
    .filter(([id]) => sections.markup.includes(`<section id="${id}"`))
    .map(([id, title]) => html`<a href="#${id}">${title}</a> `);
  return html`<nav aria-label="Contents">${links}</nav>
    ${sections}`;
}
