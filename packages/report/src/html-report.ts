import type { RunRecord } from "@sebench/results";
import { htmlPage } from "./page/html-page.ts";
import { html } from "./page/html.ts";
import { foldedSection, type Section } from "./page/section.ts";
import { glance, softwareSection } from "./sections/answer.ts";
import { aloneSection } from "./run/alone.ts";
import { budgetSection } from "./sections/budgets.ts";
import { caseSection } from "./sections/cases.ts";
import {
  accuracySection,
  paritySection,
  precisionSection,
  safetySection,
} from "./sections/correctness.ts";
import { computeSection, loweringSection } from "./sections/cost.ts";
import {
  machineSection,
  methodSection,
  notMeasuredSection,
  placesSection,
  reproduceSection,
} from "./sections/provenance.ts";
import { firstVisitorSection, memorySection } from "./sections/first-visitor.ts";
import { servingSection } from "./sections/serving.ts";
import { latencySection, overheadSection, throughputSection } from "./sections/speed.ts";
import { sweepSection } from "./sections/sweeps.ts";
import { inReportOrder } from "./run/outcome.ts";
import { machineTitle } from "./run/provenance.ts";
import { formatMoment } from "./text/format.ts";

/** The sections beneath the first screen, in order; each is null where the run has nothing for it. */
const sections: readonly ((run: RunRecord) => Section | null)[] = [
  budgetSection,
  overheadSection,
  latencySection,
  aloneSection,
  computeSection,
  loweringSection,
  throughputSection,
  sweepSection,
  servingSection,
  firstVisitorSection,
  memorySection,
  paritySection,
  accuracySection,
  safetySection,
  precisionSection,
  softwareSection,
  placesSection,
  notMeasuredSection,
  caseSection,
  methodSection,
  machineSection,
  reproduceSection,
];

/** One page that needs nothing but itself: the answer first, and all else in folded sections. */
export function htmlReport(recorded: RunRecord): string {
  const record = inReportOrder(recorded);
  const { run, machine } = record;
  const folded = sections.flatMap((section) => section(record) ?? []).map(foldedSection);
  const body = html`<header>
      <h1>What squeeze-and-excitation costs here</h1>
      <p class="muted">
        ${machineTitle(machine)}${machine.gpus.map(({ name }) => html`, ${name}`)} ·
        ${formatMoment(run.started)} · profile ${run.profile}
      </p>
    </header>
    <main>
      ${glance(record)}
      <div class="chapters">${folded}</div>
    </main>`;
  return htmlPage("sebench: what squeeze-and-excitation costs here", body);
}
