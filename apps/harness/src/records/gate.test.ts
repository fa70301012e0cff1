import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatRecord, parseResults, type RunRecord } from "@sebench/results";
import { beforeAll, describe, expect, it } from "vitest";
import { benchHere } from "../testing/bench.ts";

const shipped = fileURLToPath(
  new URL("../../../../packages/report/fixtures/run.json", import.meta.url),
);
const slower = "onnxruntime-node/cpu|node|se-resnet18|224|b1|fp32|gemm";

let folder: string;
let base: RunRecord;
let history: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-gate-"));
  history = join(folder, "history");
  base = parseResults(await readFile(shipped, "utf8"), shipped);
});

/** Writes the shipped run, changed, into a folder of its own. */
async function writeRun(name: string, change: (run: RunRecord) => RunRecord): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const run = change({ ...base, run: { ...base.run, id: name } });
  await writeFile(join(path, "results.json"), formatRecord(run));
  return path;
}

/** The run with one case, whose member with SE takes longer by a factor in every replica. */
function withSlowdown(run: RunRecord, factor: number): RunRecord {
  const cases = run.cases.map((record) => {
    if (record.id !== slower || record.status !== "ok") return record;
    const { ratio, interval, replicas } = record.overhead;
    const overhead = {
      ...record.overhead,
      ratio: ratio * factor,
      interval: [interval![0] * factor, interval![1] * factor] as const,
      replicas: replicas.map((each) => each * factor),
    };
    return Object.assign({}, record, { overhead });
  });
  return { ...run, cases };
}

describe("the gate", () => {
  it("passes where nothing has changed", async () => {
    const head = await writeRun("same", (run) => run);
    const { code, stdout } = await benchHere("compare", shipped, head);
    expect(stdout).toContain("0 regressed");
    expect(code).toBe(0);
  });

  it("fails on a regression, and names it in every format", async () => {
    const head = await writeRun("slower", (run) => withSlowdown(run, 1.05));
    const table = await benchHere("compare", shipped, head);
    expect(table.stdout).toContain("1 regressed");
    expect(table.code).toBe(1);
    const markdown = await benchHere("compare", shipped, head, "--format", "markdown");
    expect(markdown.stdout).toContain("| +5.00 % [4.68, 5.33] | **regressed** |");
    expect(markdown.code).toBe(1);
    const { stdout } = await benchHere("compare", shipped, head, "--json");
    const { cases, regressed } = JSON.parse(stdout) as {
      cases: { id: string; verdict: string }[];
      regressed: boolean;
    };
    expect(regressed).toBe(true);
    expect(cases.filter(({ verdict }) => verdict === "regressed").map(({ id }) => id)).toEqual([
      slower,
    ]);
  });

  it("lets a change below the threshold pass", async () => {
    const head = await writeRun("slightly-slower", (run) => withSlowdown(run, 1.05));
    expect((await benchHere("compare", shipped, head, "--threshold", "6")).code).toBe(0);
  });

  it("compares with a branch of the history", async () => {
    const main = await writeRun("on-main", (run) => run);
    const head = await writeRun("on-branch", (run) => withSlowdown(run, 1.05));
    const recorded = await benchHere("record", main, "--history", history, "--branch", "main");
    expect(recorded.stdout).toContain(`${base.cases.length} cases added`);
    const again = await benchHere("record", main, "--history", history, "--branch", "main");
    expect(again.stdout).toContain("0 cases added");
    const { code, stdout } = await benchHere("compare", "main", head, "--history", history);
    expect(stdout).toContain("Base: on-main, branch main");
    expect(code).toBe(1);
    const trend = await benchHere(
      "history",
      "--history",
      history,
      "--runtime",
      "onnxruntime-node/cpu",
    );
    expect(trend.stdout).toContain("se-resnet50, 224 px, batch 8");
    const page = join(folder, "history.html");
    await benchHere("history", "--history", history, "--out", page);
    expect(await readFile(page, "utf8")).toContain("</html>");
  });
});

describe("bad input to the gate is one clear error and exit code 2", () => {
  it("base equal to head", async () => {
    const { code, stderr } = await benchHere("compare", shipped, shipped);
    expect(stderr).toContain(`base and head are the same run, ${base.run.id}`);
    expect(code).toBe(2);
  });

  it("another version of the schema", async () => {
    const head = join(folder, "later.json");
    await writeFile(head, JSON.stringify({ ...base, schema: "sebench/9" }));
    const { code, stderr } = await benchHere("compare", shipped, head);
    expect(stderr).toContain('has schema "sebench/9"');
    expect(code).toBe(2);
  });

  it("a file that is cut off", async () => {
    const head = join(folder, "cut.json");
    await writeFile(head, (await readFile(shipped, "utf8")).slice(0, 5000));
    const { code, stderr } = await benchHere("compare", head, shipped);
    expect(stderr).toContain("not JSON, or cut off");
    expect(code).toBe(2);
  });

  it("no common case", async () => {
    const head = await writeRun("other-work", (run) => ({
      ...run,
      cases: run.cases
        .slice(0, 1)
        .map((record) =>
          Object.assign({}, record, { batch: 64, id: record.id.replace("|b1|", "|b64|") }),
        ),
    }));
    const { code, stderr } = await benchHere("compare", shipped, head);
    expect(stderr).toContain("no case in common");
    expect(code).toBe(2);
  });

  it("a name that is no file, run or branch", async () => {
    const { code, stderr } = await benchHere("compare", "nightly", shipped, "--history", folder);
    expect(stderr).toContain('there is no run "nightly"');
    expect(stderr).toContain("bench record");
    expect(code).toBe(2);
  });

  it("a threshold that is no number", async () => {
    const { code, stderr } = await benchHere("compare", shipped, shipped, "--threshold", "2%");
    expect(stderr).toContain('--threshold is "2%"');
    expect(code).toBe(2);
  });

  it.each([
    [["history"], "no history", "bench record"],
    [["calibrate", "--trials", "1"], '--trials is "1"', "from 2"],
    [["calibrate", "--slowdowns", "x"], '--slowdowns is "x"', "from 0.01"],
    [["recommend", "--slo-ms", "fast"], '--slo-ms is "fast"', "number from 0"],
    [["plan", "--shards", "0"], '--shards is "0"', "from 1"],
  ])("bench %j", async (args, cause, remedy) => {
    const place = args[0] === "history" ? ["--history", folder] : [];
    const run = args[0] === "recommend" ? [shipped] : [];
    const { code, stderr } = await benchHere(args[0]!, ...run, ...args.slice(1), ...place);
    expect(stderr).toContain(cause);
    expect(stderr).toContain(remedy);
    expect(code).toBe(2);
  });
});

describe("a run on several machines", () => {
  it("is planned as the matrix of a GitHub Actions job", async () => {
    const flags = "--runtime onnxruntime-node/cpu,tfjs-node/cpu --lowering gemm --budget 20".split(
      " ",
    );
    const networks = ["--network", "se-resnet50{r=8},se-resnet18"];
    const { stdout } = await benchHere("plan", "--json", "--shards", "3", ...flags, ...networks);
    const { include } = JSON.parse(stdout) as {
      include: { name: string; arguments: string; cases: number }[];
    };
    expect(include.map(({ cases }) => cases)).toEqual([2, 1, 1]);
    expect(include[1]!.arguments).toBe(
      "--shard 2/3 --runtime onnxruntime-node/cpu,tfjs-node/cpu --network 'se-resnet50{r=8},se-resnet18' --lowering gemm --budget 20",
    );
  });

  it("has a part for each runtime where no number of shards is given", async () => {
    const { stdout } = await benchHere("plan", "--runtime", "onnxruntime-web/wasm", "--json");
    const { include } = JSON.parse(stdout) as { include: { arguments: string }[] };
    expect(include.map((job) => job.arguments)).toEqual([
      "--runtime onnxruntime-web/wasm --host chromium",
      "--runtime onnxruntime-web/wasm --host node",
    ]);
  });

  it("is joined from its parts, and misses none unsaid", async () => {
    const part = (index: number) =>
      writeRun(`part-${index}`, (run) => ({
        ...run,
        run: { ...run.run, id: `part-${index}`, shard: { index, of: 3 } },
        cases: run.cases.filter((_, at) => at % 3 === index - 1),
      }));
    const parts = [await part(1), await part(2), await part(3)];
    const whole = await benchHere("merge", ...parts, "--out", join(folder, "whole"));
    expect(whole.code).toBe(0);
    const joined = await readFile(join(folder, "whole", "results.json"), "utf8");
    const { cases, run } = parseResults(joined, "whole");
    expect(run).toMatchObject({ finished: base.run.finished, shard: null });
    expect(cases.map(({ id }) => id).toSorted()).toEqual(base.cases.map(({ id }) => id).toSorted());
    expect(await readFile(join(folder, "whole", "report.html"), "utf8")).toContain("</html>");

    const some = await benchHere("merge", ...parts.slice(1), "--out", join(folder, "some"));
    expect(some.stderr).toContain("--shard 1/3");
    expect(some.code).toBe(1);
  });
});
