import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readNumber, say } from "@sebench/cli";
import { recommendationTable } from "@sebench/report";
import {
  type CaseRecord,
  casesByWork,
  type Criteria,
  type Percentile,
  readResults,
  recommend as recommendFrom,
} from "@sebench/results";
import { seName, InputError, parseNetworkName } from "@sebench/spec";
import { terminalOptions } from "../words/terminal.ts";

export interface RecommendFlags {
  readonly network?: string;
  readonly batch: string;
  readonly size?: string;
  readonly percentile?: Percentile;
  readonly scenario: Criteria["scenario"];
  readonly sloMs?: string;
  readonly minAccuracy?: string;
  readonly maxMemory?: string;
  readonly maxFirstAnswerMs?: string;
  readonly maxDownloadMib?: string;
  readonly json?: boolean;
}

const resultsDirectory = "results";

/**
 * Ranks runtimes for a deployment, and gives the exit code: 1 where no runtime meets what is asked
 * for.
 */
export async function recommend(path: string | undefined, flags: RecommendFlags): Promise<number> {
  const source = path ?? (await newestRun());
  const run = await readResults(source);
  const criteria = readCriteria(flags);
  const all = casesByWork(run.cases);
  const works = all.filter(selectionOf(flags));
  if (works.length === 0) {
    const known = all.map(([first]) => `${first!.network} at batch ${first!.batch}`);
    throw new InputError("the run has no case of what was asked for", {
      remedy: `it has ${known.join(", ") || "no cases"}`,
    });
  }
  const answers = works.map((cases) => recommendFrom(cases, criteria));
  if (flags.json) {
    console.log(JSON.stringify(answers));
  } else {
    const options = terminalOptions();
    const tables = answers.map((answer) => recommendationTable(run, answer, criteria, options));
    say(`From ${source}, measured ${run.run.started.slice(0, 10)} on ${run.machine.cpu.model}.`);
    console.log(tables.join("\n\n"));
  }
  return answers.every(({ candidates }) => candidates.length > 0) ? 0 : 1;
}

function readCriteria(flags: RecommendFlags): Criteria {
  const number = (flag: string, text: string | undefined, to: number) =>
    text === undefined ? null : readNumber(flag, text, { from: 0, to, whole: false });
  const mebibytes = (flag: string, text: string | undefined) => {
    const most = number(flag, text, 2 ** 30);
    return most === null ? null : most * 2 ** 20;
  };
  const sloMs = number("--slo-ms", flags.sloMs, 1e9);
  if (flags.scenario === "server" && (sloMs ?? 0) <= 0) {
    throw new InputError(
      sloMs === null
        ? "--scenario server has no limit to rank by"
        : `--slo-ms is "${flags.sloMs}", and no latency is that low`,
      { remedy: "say which latency is allowed, such as --slo-ms 50 --percentile p90" },
    );
  }
  const plain = flags.network !== undefined && parseNetworkName(flags.network).se === null;
  return {
    member: plain ? "plain" : "se",
    scenario: flags.scenario,
    percentile: flags.percentile ?? (flags.scenario === "server" ? "p90" : "p50"),
    sloMs,
    minAccuracy: number("--min-accuracy", flags.minAccuracy, 1),
    maxMemoryBytes: mebibytes("--max-memory", flags.maxMemory),
    maxFirstAnswerMs: number("--max-first-answer-ms", flags.maxFirstAnswerMs, 1e9),
    maxDownloadBytes: mebibytes("--max-download-mib", flags.maxDownloadMib),
  };
}

function selectionOf({ network, batch, size }: RecommendFlags) {
  const asked = {
    network: network === undefined ? null : seName(network),
    batch: readNumber("--batch", batch, { from: 1, to: 1024 }),
    size: size === undefined ? null : readNumber("--size", size, { from: 1, to: 4096 }),
  };
  return ([first]: readonly CaseRecord[]): boolean =>
    first!.batch === asked.batch &&
    (asked.network ?? first!.network) === first!.network &&
    (asked.size ?? first!.imageSize) === first!.imageSize;
}

/** The folder of the newest run, of those that `bench run` wrote where no `--out` was given. */
async function newestRun(): Promise<string> {
  const names = await readdir(resultsDirectory).catch(() => []);
  const runs = await Promise.all(
    names.map(async (name) => {
      const folder = join(resultsDirectory, name);
      const found = await stat(join(folder, "results.json")).catch(() => null);
      return { folder, changed: found?.mtimeMs ?? -1 };
    }),
  );
  const newest = runs.toSorted((a, b) => b.changed - a.changed)[0];
  if (newest && newest.changed >= 0) return newest.folder;
  throw new InputError(`there is no run in ${resultsDirectory}`, {
    remedy: "run `pnpm bench` first, or name the folder of a run",
  });
}
