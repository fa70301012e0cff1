import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { findBrowser } from "@sebench/hosts/testing";
import { readSoak, type SoakRow } from "@sebench/results";
import { afterAll, beforeAll, expect, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-soak-"));
});
afterAll(() => rm(folder, { recursive: true }));

const brief = ["--runs", "120", "--threads", "1", "--no-fetch"];

function expectWell(row: SoakRow): void {
  expect(row).toMatchObject({ status: "ok", attestation: { proven: true } });
  if (row.status !== "ok") return;
  const { runs, parity, changedAt, latency, memory } = row.soaked;
  expect({ runs, changedAt }).toEqual({ runs: 120, changedAt: null });
  expect(parity.checkpoints.map(({ run, pass }) => [run, pass])).toEqual([
    [1, true],
    [2, true],
    [100, true],
    [120, true],
  ]);
  expect(latency!.firstMs).toBeGreaterThan(0);
  expect(latency!.drift!.interval[0]).toBeLessThanOrEqual(latency!.drift!.ratio);
  if (process.platform !== "linux") return;
  const { readings, growth } = memory;
  expect(readings.map(({ run }) => run)).toEqual(expect.arrayContaining([0, 120]));
  // The engine alone takes 20 MiB.
  for (const { residentBytes } of readings) expect(residentBytes).toBeGreaterThan(2e7);
  expect(growth!.interval[0]).toBeLessThanOrEqual(growth!.bytesPerRun);
}

test("sessions of both members are soaked on each host, and leave a record and its reports", async () => {
  const out = join(folder, "node");
  const what = ["--network", "se-resnet8,resnet8", "--runtime", "onnxruntime-node/cpu"];
  const { code, stdout, stderr } = await benchHere("soak", ...brief, ...what, "--out", out);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("All 2 sessions kept parity");
  const { rows } = await readSoak(out);
  expect(rows.map(({ network }) => network)).toEqual(["resnet8", "se-resnet8"]);
  for (const row of rows) expectWell(row);
  for (const file of ["soak.md", "soak.html"]) {
    expect(await readFile(join(out, file), "utf8")).toContain("se-resnet8");
  }
}, 180_000);

const browser = await findBrowser({ cacheDirectory: defaultCacheDirectory() });

test.skipIf(!browser.ok)(
  "a session in a page is soaked, with the memory of all of the browser's processes",
  async () => {
    const out = join(folder, "chromium");
    const what = ["--runtime", "onnxruntime-web/wasm", "--host", "chromium", "--json"];
    const { code, stdout } = await benchHere("soak", ...brief, ...what, "--out", out);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "sebench-soak/1", runs: 120 });
    const { rows } = await readSoak(out);
    expect(rows.map(({ host }) => host)).toEqual(["chromium"]);
    expectWell(rows[0]!);
  },
  180_000,
);

test.each([
  [["--runs", "1"], "--runs"],
  [["--max-growth", "-1"], "--max-growth"],
  [["--network", "se-resnet9"], "se-resnet9"],
  [["--runtime", "onnxruntime-node/none"], "onnxruntime-node/none"],
])("refuses %j", async (flags, cause) => {
  const { code, stderr } = await benchHere("soak", ...flags, "--out", join(folder, "none"));
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(cause) });
});
