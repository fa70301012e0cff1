import {
  type ByteKind,
  byteKinds,
  downloadBytes,
  firstAnswerOverNetwork,
  type MemberStart,
  memoryGrowth,
  type OkCase,
  type OnceAStart,
  rangeOfStarts,
  type RunRecord,
  startSteps,
  type StartStep,
} from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { caseHeading, type DataTable, dataTable } from "../page/data-table.ts";
import { html, type Html } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { startedIn, type StartedMember, type UnstartedCase } from "../run/started-member.ts";
import { formatBytes, formatMs, formatNumberOf, formatSeconds } from "../text/format.ts";

const stepTitles: Readonly<Record<StartStep, string>> = {
  host: "Code runs",
  engine: "Engine loaded",
  model: "Model read",
  session: "Session made",
  answer: "First run",
};

/** The section about what comes before the first answer in a fresh process or page. */
export function firstVisitorSection(run: RunRecord): Section | null {
  const { started, unstarted } = startedIn(run);
  if (started.length + unstarted.length === 0) return null;
  const label = caseLabels(run.cases);
  const downloads = started.filter(({ start }) => start.bytes !== null);
  return {
    id: "first-visitor",
    title: "What the first visitor waits for",
    gist: gistOf(started),
    content: html`<p>
        Each start is a process, or a browser with a profile, that did nothing before; plain and SE
        in turns. Median, and the least and the greatest, from the start of the process, or of the
        page's loading, to the first answer. The system's file cache is warm, and pages come from
        this machine, so that no network is in these times.
      </p>
      ${started.length === 0 ? null : dataTable(stepTable(started, label))}
      ${downloads.length === 0 ? null : downloadOf(downloads, label)} ${leftOut(unstarted, label)}`,
  };
}

function gistOf(started: readonly StartedMember[]): string {
  const ms = started.map(({ start }) => start.firstAnswerMs.median);
  if (ms.length === 0) return "not measured in this run";
  return `first answer after ${formatMs(Math.min(...ms))} to ${formatMs(Math.max(...ms))}`;
}

type Label = (record: OkCase) => string;

function headingOf({ record, name }: StartedMember, label: Label): Html {
  return caseHeading(label(record), name);
}

/** A median, and beneath it the range of the starts where there are several. */
function spread(quantity: OnceAStart, format: (value: number) => string): string | Html {
  const { median, starts } = quantity;
  if (starts.length === 1) return format(median);
  const text = format(median);
  const [unit] = / \S+$/.exec(text)!;
  const [least, greatest] = rangeOfStarts(quantity).map(format);
  const range = `${least!.replace(unit, "")} to ${greatest!.replace(unit, "")}`;
  return html`<span class="line">${text}</span> <span class="line muted">${range}</span>`;
}

const msOf = (quantity: OnceAStart) => spread(quantity, (ms) => formatMs(ms));
const bytesOf = (quantity: OnceAStart) => spread(quantity, formatBytes);

function stepTable(started: readonly StartedMember[], label: Label): DataTable {
  const starts = started[0]!.start.firstAnswerMs.starts.length;
  return {
    caption: `From nothing to the first answer, ${formatNumberOf(starts, "start", "starts")} each`,
    columns: [
      { title: "Member", kind: "text" },
      ...startSteps.map((step) => ({ title: stepTitles[step], kind: "number" as const })),
      { title: "First answer", kind: "number" },
      { title: "Later runs", kind: "number" },
    ],
    rows: started.map((each) => [
      headingOf(each, label),
      ...startSteps.map((step) => msOf(each.start.stepsMs[step])),
      msOf(each.start.firstAnswerMs),
      msOf(each.start.steadyMs),
    ]),
  };
}

/** The rates of networks for which the time to the first answer is worked out, in Mbit/s. */
const rates = [10, 50, 200];

function downloadOf(downloads: readonly StartedMember[], label: Label): Html {
  const titles: Readonly<Record<ByteKind, string>> = {
    javascript: "JavaScript",
    wasm: "wasm",
    model: "Model",
  };
  const table = dataTable({
    caption: "Bytes of a page: raw, gzip, brotli; and the first answer over a network, worked out",
    columns: [
      { title: "Member", kind: "text" },
      ...byteKinds.map((kind) => ({ title: titles[kind], kind: "number" as const })),
      { title: "In all, brotli", kind: "number" },
      ...rates.map((rate) => ({ title: `At ${rate} Mbit/s`, kind: "number" as const })),
    ],
    rows: downloads.map((each) => [
      headingOf(each, label),
      ...byteKinds.map((kind) => sizesOf(each.start.bytes![kind])),
      formatBytes(downloadBytes(each.start)!),
      ...rates.map((rate) => `≈ ${formatSeconds(firstAnswerOverNetwork(each.start, rate)!)}`),
    ]),
  });
  return html`<p>
      What the page's resource timing tells it has loaded, which was checked against the files. This
      server does not compress: gzip (level 6) and brotli (quality 5) are worked out from the files.
      The JavaScript is that of sebench's own page, not minified. The times marked ≈ are worked out
      and not measured: the first answer above, and the download of all bytes after brotli at that
      rate, with nothing else going on meanwhile.
    </p>
    ${table}`;
}

function sizesOf({ raw, gzip, brotli }: NonNullable<MemberStart["bytes"]>[ByteKind]) {
  if (raw === 0) return "none";
  return html`<span class="line">${formatBytes(raw)}</span>
    <span class="line muted">${formatBytes(gzip)}, ${formatBytes(brotli)}</span>`;
}

/** The cases without figures, by the reason. */
function leftOut(unstarted: readonly UnstartedCase[], label: Label): Html {
  const reasons = [...new Set(unstarted.map(({ why }) => why))];
  return html`${reasons.map((reason) => {
    const names = unstarted
      .filter(({ why }) => why === reason)
      .map(({ record }) => `${label(record)} for ${workLabel(record)}`);
    return html`<p class="small muted">
      Not measured in a fresh process or page, ${reason}: ${names.join("; ")}.
    </p> `;
  })}`;
}

/** The section about the memory of a fresh process, or of all of a fresh browser's processes. */
export function memorySection(run: RunRecord): Section | null {
  const { started, unstarted } = startedIn(run);
  if (started.length + unstarted.length === 0) return null;
  const label = caseLabels(run.cases);
  const known = started.filter(({ start }) => start.residentBytes !== null);
  return {
    id: "memory",
    title: "Memory",
    gist: memoryGist(known),
    content: html`<p>
        Resident memory beyond that before the engine was loaded, in the fresh processes of the
        starts; of a browser all processes together, beyond those of the empty page. Median, and the
        least and the greatest. Steady: after the last run, with the garbage collected. The peak of
        a browser adds up the peaks of its processes, and is the most that it can have been.
      </p>
      ${known.length === 0 ? null : dataTable(memoryTable(known, label))}
      ${started.length === known.length ? null : html`<p>This system does not tell of every process.</p>`}
      ${leftOut(unstarted, label)}`,
  };
}

function memoryGist(known: readonly StartedMember[]): string {
  const steady = known.map(({ start }) => memoryGrowth(start, "steady")!.median);
  if (steady.length === 0) return "not known in this run";
  return `a session keeps ${formatBytes(Math.min(...steady))} to ${formatBytes(Math.max(...steady))}`;
}

function memoryTable(known: readonly StartedMember[], label: Label): DataTable {
  const moments = ["engine", "session", "peak", "steady", "disposed"] as const;
  return {
    caption: "Growth of resident memory; in the last column the proportional set size",
    columns: [
      { title: "Member", kind: "text" },
      { title: "Parameters", kind: "number" },
      { title: "Before", kind: "number" },
      { title: "Engine idle", kind: "number" },
      { title: "Session made", kind: "number" },
      { title: "Peak", kind: "number" },
      { title: "Steady", kind: "number" },
      { title: "Disposed", kind: "number" },
      { title: "Steady, PSS", kind: "number" },
    ],
    rows: known.map((each) => [
      headingOf(each, label),
      formatBytes(parameterBytes(each)),
      formatBytes(each.start.residentBytes!.before.median),
      ...moments.map((moment) => bytesOf(memoryGrowth(each.start, moment)!)),
      proportionalGrowth(each.start),
    ]),
  };
}

/** The bytes of the parameters in fp32. */
function parameterBytes({ record, network }: StartedMember): number {
  const { plain, se } = record.members;
  return 4 * (network === record.network ? se : plain).parameters;
}

function proportionalGrowth({ proportionalBytes }: MemberStart): string {
  if (proportionalBytes === null) return "not told";
  return formatBytes(
    Math.max(0, proportionalBytes.steady.median - proportionalBytes.before.median),
  );
}
