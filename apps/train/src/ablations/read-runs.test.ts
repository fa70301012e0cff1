import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { epochEntry, logText, startEntry } from "../testing/test-run.ts";
import { readRuns } from "./run.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sebench-runs-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(place: string, text: string): Promise<void> {
  await mkdir(join(root, place), { recursive: true });
  await writeFile(join(root, place, "log.jsonl"), text);
}

const logOf = (network: string, seed: number) =>
  logText([startEntry({ network, seed }), epochEntry(4, 8800)]);

test("every run of the folder is read, and nothing else in it", async () => {
  await write("resnet8/seed-1", logOf("resnet8", 1));
  await write("se-resnet8{r=2}/seed-2", logOf("se-resnet8{r=2}", 2));
  await mkdir(join(root, "notes", "drafts"), { recursive: true });
  await writeFile(join(root, "table.md"), "");
  const runs = await readRuns(root);
  expect(runs.map(({ settings }) => `${settings.network} ${settings.seed}`).toSorted()).toEqual([
    "resnet8 1",
    "se-resnet8{r=2} 2",
  ]);
});

test("a last line that was cut off is left out: its run is not finished", async () => {
  await write("resnet8/seed-1", logOf("resnet8", 1).slice(0, -20));
  const [run] = await readRuns(root);
  expect(run!.outcome).toEqual({ kind: "unfinished" });
});

test("a folder that is not there is refused", async () => {
  await expect(readRuns(join(root, "none"))).rejects.toThrow(`cannot read ${join(root, "none")}`);
});

test("a folder without runs is refused", async () => {
  await expect(readRuns(root)).rejects.toThrow(`${root} holds no run`);
});

test("a damaged log is refused by its line", async () => {
  const place = "resnet8/seed-1";
  await write(place, logOf("resnet8", 1).replace('"kind":"epoch"', '"kind":"epo'));
  const path = join(root, place, "log.jsonl");
  await expect(readRuns(root)).rejects.toThrow(`${path}, line 2 is no entry of a training log`);
});

test("a run that was copied elsewhere would count twice, and is refused", async () => {
  await write("resnet8/seed-1", logOf("resnet8", 1));
  await write("resnet8/seed-2", logOf("resnet8", 1));
  await expect(readRuns(root)).rejects.toThrow(
    `${join(root, "resnet8/seed-2/log.jsonl")} is the log of resnet8 with seed 1`,
  );
});
