import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResults } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchHere } from "../testing/bench.ts";

/** A smoke run on every runtime of a machine without a GPU, as version 0.1.0 at commit d9d3c24 wrote it. */
const old = fileURLToPath(new URL("../../fixtures/run-before-the-rooms.json", import.meta.url));

describe("a record that an earlier build wrote", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sebench-old-record-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is read, with all of its cases", async () => {
    const { cases } = await readResults(old);
    const counts = { ok: 0, untimed: 0, alone: 0, failed: 0, unavailable: 0 };
    for (const { status } of cases) counts[status] += 1;
    expect(counts).toEqual({ ok: 11, untimed: 0, alone: 0, failed: 0, unavailable: 4 });
  });

  it.each(["table", "markdown", "html", "csv", "bmf", "github-action-benchmark"])(
    "is reported as %s",
    async (format) => {
      const { code, stdout } = await benchHere("report", old, "--format", format);
      expect(code).toBe(0);
      expect(stdout).toContain("se-resnet8");
    },
  );

  it("is merged, recorded and compared as before", async () => {
    const merged = join(folder, "merged");
    expect(await benchHere("merge", old, "--out", merged)).toMatchObject({ code: 0 });
    const history = join(folder, "history");
    expect(await benchHere("record", old, "--history", history)).toMatchObject({ code: 0 });
    const record = JSON.parse(await readFile(old, "utf8")) as { readonly run: object };
    const head = join(folder, "head.json");
    await writeFile(head, JSON.stringify({ ...record, run: { ...record.run, id: "head" } }));
    const compared = await benchHere("compare", old, head, "--history", history, "--json");
    expect(compared.code).toBe(0);
    expect(compared.stdout).toContain("cannot tell");
  });
});
