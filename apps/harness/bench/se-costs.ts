/**
 * This program prints the Markdown table of docs/networks.md, of what SE costs in each network, as
 * the naive form and as the fastest of the others, on each runtime and number of threads that the
 * given runs have:
 *
 *     pnpm --filter @sebench/harness se-costs results/deployed-1-thread results/deployed-2-threads
 */
import { join, resolve } from "node:path";
import { naiveOf, type OkCase, readResults } from "@sebench/results";

const base = process.env["INIT_CWD"] ?? process.cwd();
const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error("name the folders of one run or more");

const runs = await Promise.all(
  folders.map((folder) => readResults(join(resolve(base, folder), "results.json"))),
);
const measured = runs
  .flatMap(({ cases }) => cases)
  .filter((each): each is OkCase => each.status === "ok" && "overhead" in each);
const placeOf = ({ runtime, host, precision, batch, attestation: { threads } }: OkCase) =>
  [
    host === "node" ? runtime : `${runtime} in ${host}`,
    ...(precision === "fp32" ? [] : [precision]),
    ...(batch === 1 ? [] : [`batch ${batch}`]),
    threads === 1 ? "1 thread" : `${threads} threads`,
  ].join(", ");
const places = [...new Set(measured.map(placeOf))];
const networks = [...new Set(measured.map(({ network }) => network))];

/** A ratio of times less 1, in percent. */
function percent(ratio: number): string {
  const value = 100 * (ratio - 1);
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(1)}`;
}

function costOf({ overhead: { ratio, interval } }: OkCase): string {
  const sign = ratio < 1 ? "" : "+";
  const range = interval === null ? "" : ` [${percent(interval[0])}, ${percent(interval[1])}]`;
  return `${sign}${percent(ratio)} %${range}`;
}

/** A pair's cost in one place: as the naive form and as the fastest other one, if there is one. */
function cellsOf(network: string, place: string): readonly [string, string] {
  const forms = measured.filter((each) => each.network === network && placeOf(each) === place);
  const naiveName = naiveOf(forms.map(({ lowering }) => lowering));
  const naive = forms.find(({ lowering }) => lowering === naiveName);
  const [best] = forms
    .filter((each) => each !== naive)
    .toSorted((one, other) => one.overhead.ratio - other.overhead.ratio);
  return [naive ? costOf(naive) : "", best ? `${costOf(best)} as \`${best.lowering}\`` : ""];
}

/** The columns that have something in a row at least. */
const columns = places.flatMap((place) =>
  (["naive", "best"] as const).map((form, at) => ({
    heading: `${place}, ${form}`,
    cells: networks.map((network) => cellsOf(network, place)[at]!),
  })),
);
const shown = columns.filter(({ cells }) => cells.some((cell) => cell !== ""));
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
console.log(row(["network", ...shown.map(({ heading }) => heading)]));
console.log(row(["---", ...shown.map(() => "---:")]));
for (const [at, network] of networks.entries()) {
  console.log(row([network, ...shown.map(({ cells }) => cells[at]!)]));
}
