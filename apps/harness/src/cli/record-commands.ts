import { profileNames } from "@sebench/bench/profiles";
import { type Command, Option } from "commander";
import { repeated, withLowering, withSelection } from "./options.ts";

export function addReport(cli: Command): void {
  cli
    .command("report")
    .description("write the reports of a run again, from its record")
    .argument("<run>", "a results.json file, or the folder that holds it")
    .addOption(
      new Option(
        "--format <format>",
        "print this format instead of writing report.html and report.md",
      ).choices(["table", "markdown", "html", "csv", "json", "github-action-benchmark", "bmf"]),
    )
    .option("--json", "print the record as JSON, as --format json does")
    .action(async (path, flags) => (await import("../records/report.ts")).report(path, flags));
}

const historyFlag = [
  "--history <folder>",
  "the folder of the histories (default: results/history)",
] as const;

export function addComparison(cli: Command, setExitCode: (code: number) => void): void {
  cli
    .command("compare")
    .description("tell what changed between two runs; exit with 1 on a regression")
    .argument(
      "<base>",
      "the older run: a results.json, its folder, or an id or branch in the history",
    )
    .argument("<head>", "the newer run, given in the same ways as the older one")
    .option(
      "--threshold <percent>",
      "the change that matters (default: 2, or a larger noise floor)",
    )
    .option("--allow-missing", "do not count a case that only the base has as a regression")
    .option(...historyFlag)
    .addOption(
      new Option("--format <format>", "the format of the output (default: table)").choices([
        "table",
        "markdown",
        "json",
      ]),
    )
    .option("--json", "print JSON, as --format json does")
    .addHelpText("after", compareHelp)
    .action(async (base, head, flags) =>
      setExitCode(await (await import("../records/compare.ts")).compare(base, head, flags)),
    );
  cli
    .command("record")
    .description("add a run to the history of its machine, unless it is there")
    .argument("<run>", "a results.json file, or the folder that holds it")
    .option(...historyFlag)
    .option("--branch <name>", "the branch that was measured (default: the checkout's)")
    .option("--commit <hash>", "the commit that was measured (default: the checkout's)")
    .option("--json", "print JSON for machines")
    .action(async (path, flags) => (await import("../records/record.ts")).record(path, flags));
  cli
    .command("history")
    .description("show the overhead run by run, and where it changed")
    .option(...historyFlag)
    .option("--machine <key>", "show only the machine with this key")
    .option("--runtime <ids>", "show only these runtimes", repeated)
    .option("--network <names>", "show only these networks, such as se-resnet50", repeated)
    .option("--branch <name>", "show only runs of this branch")
    .option("--out <file>", "write a page, such as history.html, instead of a table")
    .option("--json", "print the series and their change points as JSON")
    .action(async (flags) => (await import("../records/history.ts")).history(flags));
}

const boardFlag = [
  "--board <file>",
  "the board's file (default: results/board/measurements.jsonl)",
] as const;

export function addBoard(cli: Command): void {
  cli
    .command("submit")
    .description("check measurements of a page or of runs, and put them on the board")
    .argument(
      "<files...>",
      "files with the blocks that the static page copies, among other text or alone, and results.json files",
    )
    .requiredOption("--by <name>", "who submits them, such as the name of an account")
    .option("--source <url>", "where they were submitted, such as an issue, an address of https")
    .addOption(
      new Option(
        "--device <kind>",
        "what the machine of a results.json is, which a block says itself (default: computer)",
      ).choices(["phone", "tablet", "computer", "server"]),
    )
    .option("--device-name <name>", "the name of the machine of a results.json, if you like")
    .option(...boardFlag)
    .option("--check", "check them and append nothing")
    .option("--json", "print the rows as JSON")
    .addHelpText(
      "after",
      `
A measurement must fit its schema, hold parity, have an interval that follows from its replicas and
samples, and times that a device can reach. Where the oracle's answers of its network ship, its logits are
held against them again. If one is not believed, nothing is appended. One that the board has is told.`,
    )
    .action(async (files, flags) =>
      (await import("../records/board.ts")).submitFiles(files, flags),
    );
  cli
    .command("board")
    .description("show what SE costs on the devices of all who submitted measurements")
    .option(...boardFlag)
    .option("--out <file>", "write a page, such as board.html, instead of a table")
    .option("--json", "print the rows as JSON")
    .action(async (flags) => (await import("../records/board.ts")).board(flags));
}

export function addRecommend(cli: Command, setExitCode: (code: number) => void): void {
  cli
    .command("recommend")
    .description("rank the runtimes for a deployment; exit with 1 where none meets the demands")
    .argument("[run]", "a results.json or its folder (default: the newest run in results/)")
    .option(
      "--network <name>",
      "the network, such as se-resnet50 or resnet50 (default: all with SE)",
    )
    .option("--batch <size>", "the number of images in one run", "1")
    .option("--size <pixels>", "the height and width of the images")
    .addOption(
      new Option(
        "--percentile <name>",
        "the percentile of the latency to rank by (default: p50, and p90 with --scenario server)",
      ).choices(["p50", "p90", "p99"]),
    )
    .addOption(
      new Option(
        "--scenario <name>",
        "rank by the latency of one run after the other (single-stream), or by the highest rate of requests that keeps --slo-ms (server), which the run must have measured with --scenario server",
      )
        .choices(["single-stream", "server"])
        .default("single-stream"),
    )
    .option("--slo-ms <ms>", "the highest latency that is allowed at that percentile")
    .option("--min-accuracy <share>", "the lowest top-1 accuracy that is allowed, from 0 to 1")
    .option(
      "--max-memory <MiB>",
      "the most memory by which a fresh process or browser may grow at its peak",
    )
    .option(
      "--max-first-answer-ms <ms>",
      "the latest first answer that is allowed, from the start of a process or page",
    )
    .option(
      "--max-download-mib <MiB>",
      "the most that a page's visitor may download, compressed with brotli",
    )
    .option("--json", "print JSON for machines")
    .action(async (run, flags) =>
      setExitCode(await (await import("../records/recommend.ts")).recommend(run, flags)),
    );
}

export function addShards(cli: Command, setExitCode: (code: number) => void): void {
  const plan = cli
    .command("plan")
    .description("say how machines would share a run; --json prints a GitHub Actions matrix")
    .option(
      "--profile <name>",
      `the profile of the run: ${profileNames.join(", ")} (default: quick)`,
    )
    .option("--shards <count>", "the number of equal parts (default: one for each target)");
  withLowering(withSelection(plan))
    .option("--json", 'print JSON: { "include": [{ name, arguments, cases, seconds }] }')
    .action(async (flags) => (await import("../catalogue/plan.ts")).plan(flags));
  cli
    .command("merge")
    .description("join the parts that shards wrote; exit with 1 where a shard is missing")
    .argument("<runs...>", "the parts, each a results.json file or the folder that holds it")
    .requiredOption("--out <folder>", "the folder of the whole run, with a folder for each machine")
    .option("--json", "print the whole run as JSON")
    .action(async (paths, flags) =>
      setExitCode(await (await import("../records/merge.ts")).merge(paths, flags)),
    );
}

const compareHelp = `
Verdicts: "regressed" and "improved" are beyond doubt (p at most 1 % over the whole suite), and their
95 % interval reaches the threshold; "same" is shown to be smaller than the threshold; every other
case is "cannot tell". Lost parity or accuracy, another device, and a runtime that is gone count as
regressed.`;
