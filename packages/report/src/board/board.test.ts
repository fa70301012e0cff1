import { rowOf } from "@sebench/results";
import { sampleMeasurement } from "@sebench/results/testing";
import { expect, test } from "vitest";
import { hostileText } from "../testing/hostile-text.ts";
import { boardTable } from "./groups.ts";
import { boardPage } from "./page.ts";

const submission = { accepted: "2026-12-01", by: "somebody", source: null } as const;

function rowsOf(...given: readonly { readonly ratio: number; readonly by?: string }[]) {
  return given.map(({ ratio, by = "somebody" }, at) =>
    rowOf(sampleMeasurement({ ratio, seed: 10 * at + 1 }), { ...submission, by }),
  );
}

const options = { color: false, width: 200 };

test("one measurement stands with its own interval, several with their median and range", () => {
  const alone = rowsOf({ ratio: 1.05 });
  expect(boardTable(alone, options)).toMatch(/\+[45]\.\d % \[\d.*1 measurement, 1 submitter/);
  const several = rowsOf({ ratio: 1.02 }, { ratio: 1.1, by: "other" }, { ratio: 1.3 });
  expect(boardTable(several, options)).toMatch(
    /\+(9|10) %, [12] to (29|30) +3 measurements, 2 submitters/,
  );
});

test("kinds of device and software GPUs are never put together", () => {
  const [first, second, third] = rowsOf({ ratio: 1.1 }, { ratio: 1.2 }, { ratio: 1.3 });
  const tablet = structuredClone(second!) as { measurement: { device: { kind: string } } };
  tablet.measurement.device.kind = "tablet";
  const software = structuredClone(third!) as { measurement: { proof: { software: boolean } } };
  software.measurement.proof.software = true;
  const table = boardTable([first!, tablet, software] as never, options);
  expect(table.split("\n")).toHaveLength(4);
  expect(table).toContain("the CPU plays the GPU");
});

test("the page has each row with an anchor, and says that times do not compare", () => {
  const rows = rowsOf({ ratio: 1.02 }, { ratio: 1.1, by: "other" });
  const page = boardPage(rows);
  for (const { id } of rows) {
    const anchor = `m-${id.slice(0, 12)}`;
    expect(page).toContain(`<a id="${anchor}" href="#${anchor}">`);
  }
  expect(page).toContain("The times themselves do not");
  expect(page).toMatch(/2 measurements of\s+2 submitters/);
});

test("the page needs no script, and its filters name values by number alone", () => {
  const page = boardPage(rowsOf({ ratio: 1.02 }));
  expect(page).not.toMatch(/<script|\son\w+=/i);
  expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
  expect(page).toContain(
    'body:has(#network option[value="0"]:checked) tbody tr:not(.network-0) { display: none; }',
  );
  expect(page).toContain('class="network-0 runtime-0 kind-0"');
});

test("what somebody made up stays text", () => {
  const [row] = rowsOf({ ratio: 1.02 });
  const { measurement } = row!;
  const hostile = {
    ...row!,
    by: hostileText,
    measurement: {
      ...measurement,
      device: { ...measurement.device, name: hostileText, system: hostileText },
      host: { ...measurement.host, version: hostileText },
      subject: { ...measurement.subject, engineVersion: hostileText },
    },
  };
  const page = boardPage([hostile]);
  expect(page).not.toMatch(/<script|<img|\u202E/);
  expect(page).not.toContain("\u001B");
  expect(page).toContain("&lt;script&gt;");
});

test("an empty board is a page all the same", () => {
  expect(boardPage([])).toContain("0 measurements of");
});
