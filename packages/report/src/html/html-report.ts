import type { RunRecord } from "@sebench/results";
import { formatMoment } from "../format.ts";
import { caseSection } from "./case-section.ts";
import { accuracySection, paritySection, precisionSection } from "./correctness-sections.ts";
import { computeSection, loweringSection } from "./cost-sections.ts";
import { glance } from "./glance.ts";
import { html } from "./html.ts";
import { htmlPage } from "./html-page.ts";
import {
  machineSection,
  methodSection,
  notMeasuredSection,
  reproduceSection,
} from "./provenance-sections.ts";
import { foldedSection, type Section } from "./section.ts";
import { softwareSection } from "./software-section.ts";
import {
  coldStartSection,
  latencySection,
  overheadSection,
  throughputSection,
} from "./speed-sections.ts";

/** The sections beneath the first screen, in order; each is null where the run has nothing for it. */
const sections: readonly ((run: RunRecord) => Section | null)[] = [
  softwareSection,
  overheadSection,
  latencySection,
  computeSection,
  loweringSection,
  throughputSection,
  coldStartSection,
  paritySection,
  accuracySection,
  precisionSection,
  notMeasuredSection,
  caseSection,
  methodSection,
  machineSection,
  reproduceSection,
];

/** One page that needs nothing but itself: the answer first, and all else in folded sections. */
export function htmlReport(record: RunRecord): string {
  const { run, machine } = record;
  const folded = sections.flatMap((section) => section(record) ?? []).map(foldedSection);
  const body = html`<header>
      <h1>What squeeze-and-excitation costs here</h1>
      <p class="muted">
        ${machine.cpu.model}, ${machine.cpu.usableCores}
        cores${machine.gpus.map(({ name }) => html`, ${name}`)} · ${formatMoment(run.started)} ·
        profile ${run.profile}
      </p>
    </header>
    <main>
      ${glance(record)}
      <div class="chapters">${folded}</div>
    </main>`;
  return htmlPage("sebench: what squeeze-and-excitation costs here", body);
}
