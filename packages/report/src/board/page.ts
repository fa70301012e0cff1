import type { BoardRow } from "@sebench/results";
import { caseHeading, dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, type Html } from "../page/html.ts";
import { extentOf, type Track, trackChart } from "../page/track-chart.ts";
import { formatMs, formatNumberOf, formatOverheadWithin, formatTick } from "../text/format.ts";
import { type BoardGroup, costOf, countOf, groupsOf } from "./groups.ts";

/** What a reader may choose, each from the values that the rows have. */
const filters = [
  {
    id: "network",
    title: "Network",
    of: ({ measurement }: BoardRow) => measurement.subject.network,
  },
  {
    id: "runtime",
    title: "Runtime",
    of: ({ measurement }: BoardRow) => measurement.subject.runtime,
  },
  {
    id: "kind",
    title: "Kind of device",
    of: ({ measurement }: BoardRow) => measurement.device.kind,
  },
] as const;

/**
 * The board on one page that needs nothing but itself: what SE costs by network, runtime and kind of
 * device, and each measurement with its link. The filters are the style's alone.
 */
export function boardPage(rows: readonly BoardRow[]): string {
  const groups = groupsOf(rows);
  const choices = filters.map(({ id, title, of }) => {
    return { id, title, of, values: [...new Set(rows.map(of))].toSorted() };
  });
  const classOf = (row: BoardRow) =>
    choices.map(({ id, of, values }) => `${id}-${values.indexOf(of(row))}`).join(" ");
  const submitters = new Set(rows.map(({ by }) => by)).size;
  const body = html`<header>
      <h1>What squeeze-and-excitation costs on people's devices</h1>
      <p class="muted">
        ${formatNumberOf(rows.length, "measurement", "measurements")} of
        ${formatNumberOf(submitters, "submitter", "submitters")}
      </p>
    </header>
    <main>
      <p>
        Each measurement ran a network with SE and the same network without it in turns, on one
        device. The ratio of the two times compares across devices. The times themselves do not:
        they are of the device that they stand beside, and no device is ranked by them.
      </p>
      <p class="muted">
        Every measurement agrees with itself, and its answers were the oracle's; nothing can show
        that it was made as it says. A row of one submitter is one person's word.
      </p>
      ${filterForm(choices)} ${costChart(groups, classOf)}
      <h2 id="measurements">Every measurement</h2>
      ${measurementTable(rows, classOf)}
    </main>`;
  return htmlPage("sebench: board", body, styleOf(choices));
}

type Choices = readonly {
  readonly id: string;
  readonly title: string;
  readonly values: readonly string[];
}[];

function filterForm(choices: Choices): Html {
  return html`<form class="filters">
    ${choices.map(
      ({ id, title, values }) =>
        html`<label
          >${title}
          <select id="${id}">
            <option value="all">all</option>
            ${values.map((value, at) => html`<option value="${at}">${value}</option> `)}
          </select>
        </label> `,
    )}
  </form> `;
}

/** The rules that hide what the filters leave out. They name values by number, never by text. */
function styleOf(choices: Choices): string {
  const rules = choices.flatMap(({ id, values }) =>
    values.map(
      (_, at) =>
        `body:has(#${id} option[value="${at}"]:checked) tbody tr:not(.${id}-${at}) { display: none; }`,
    ),
  );
  return `
.filters { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; margin: 1.25rem 0; }
.filters label { display: grid; gap: .2rem; font-size: .875rem; color: var(--muted); }
.filters select { font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--muted); border-radius: 6px; padding: .4rem .5rem; min-height: 2.5rem; max-width: 100%; }
tr:target { background: var(--panel); }
${rules.join("\n")}
`;
}

function costChart(groups: readonly BoardGroup[], classOf: (row: BoardRow) => string): Html | null {
  if (groups.length === 0) return null;
  const tracks = groups.map((group): Track => {
    const { rows, ratio } = group;
    const each = rows.map(({ measurement }) => percent(measurement.overhead.ratio));
    const [only, ...others] = rows.map(({ measurement }) => measurement.overhead.interval);
    return {
      value: costOf(group),
      line: others.length === 0 ? [percent(only![0]), percent(only![1])] : null,
      bar: others.length === 0 ? null : [Math.min(...each), Math.max(...each)],
      marks: [
        ...(others.length === 0 ? [] : each.map((at) => ({ at, shape: "open" as const }))),
        { at: percent(ratio), shape: "filled" as const },
      ],
    };
  });
  const axis = {
    title: "more time with SE",
    scale: "linear" as const,
    extent: extentOf(tracks, 0),
    reference: 0,
    format: (value: number) => `${formatTick(value)} %`,
  };
  return html`<h2>By network, runtime and kind of device</h2>
    ${trackChart({
      caption: "What SE costs, by network, runtime and kind of device",
      first: "network, runtime and device",
      axes: [axis],
      rows: groups.map((group, at) => ({
        name: `${group.network} on ${group.runtime} in ${group.host}, ${group.kind}`,
        notes: [group.work, countOf(group), ...(group.software ? [softwareNote] : [])].join("; "),
        strong: group.submitters > 1,
        className: classOf(group.rows[0]!),
        tracks: [tracks[at]!],
      })),
    })}
    <p class="muted small">
      Filled: the median of the devices. Open: each device. Thin line: the 95 % interval of a single
      measurement. Thick line: from the least to the greatest. Strong: more than one submitter.
    </p>`;
}

const softwareNote = "the CPU plays the GPU";

const percent = (ratio: number) => (ratio - 1) * 100;

const columns = [
  { title: "network and runtime", kind: "text" },
  { title: "SE costs", kind: "number" },
  { title: "device", kind: "text" },
  { title: "host", kind: "text" },
  { title: "threads, SIMD", kind: "short" },
  { title: "this device's times", kind: "short" },
  { title: "submitted", kind: "short" },
] as const;

function measurementTable(rows: readonly BoardRow[], classOf: (row: BoardRow) => string): Html {
  const newest = rows.toReversed();
  return dataTable({
    caption: "Each measurement, the newest first; times compare with no other row's",
    columns,
    rows: newest.map(cellsOf),
    rowClasses: newest.map(classOf),
  });
}

function cellsOf(row: BoardRow): (string | Html)[] {
  const { subject, overhead, device, host, proof, members } = row.measurement;
  const { network, runtime, engineVersion, imageSize, batch } = subject;
  const anchor = `m-${row.id.slice(0, 12)}`;
  const name = html`<a id="${anchor}" href="#${anchor}">${network}</a>`;
  const work = `${runtime} ${engineVersion}, ${imageSize} px, batch ${batch}`;
  return [
    html`${name} ${caseHeading("", work)}`,
    formatOverheadWithin(overhead.ratio, overhead.interval),
    [device.name, device.kind, device.system, device.processor, device.adapter, coresOf(device)]
      .filter((each) => each !== null)
      .join(", "),
    [`${host.name} ${host.version ?? ""}`.trim(), ...conditionsOf(host.page)].join(", "),
    workersOf(proof),
    `${formatMs(members.plain.p50Ms)} and ${formatMs(members.se.p50Ms)}`,
    submittedBy(row),
  ];
}

function coresOf({ cores }: BoardRow["measurement"]["device"]): string | null {
  return cores === null ? null : formatNumberOf(cores, "core", "cores");
}

function conditionsOf(page: BoardRow["measurement"]["host"]["page"]): string[] {
  if (page === null) return [];
  return [
    page.isolated ? "isolated" : "not isolated",
    ...(page.runsPerSample === 1 ? [] : [`${page.runsPerSample} runs timed as one`]),
    ...(page.timesHidden === 0
      ? []
      : [`hidden ${formatNumberOf(page.timesHidden, "time", "times")}`]),
  ];
}

function workersOf({ threads, simd, software }: BoardRow["measurement"]["proof"]): string {
  const told = { true: "SIMD", false: "no SIMD", null: null }[String(simd)] ?? null;
  return [
    threads === null ? "GPU" : formatNumberOf(threads, "thread", "threads"),
    told,
    software ? softwareNote : null,
  ]
    .filter((each) => each !== null)
    .join(", ");
}

function submittedBy({ by, measurement, source }: BoardRow): Html {
  const link =
    source === null
      ? null
      : html`, <a href="${source}" rel="nofollow noopener noreferrer">where</a>`;
  return html`${measurement.day} by ${by}${link}`;
}
