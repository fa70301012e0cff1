import { profileNames, profiles } from "@sebench/bench/profiles";
import { Command, Option } from "commander";
import { loweringHelp, repeated, withEngines, withLowering, withSelection } from "./options.ts";
import { addExplain, addEval, addExcitations, addTune } from "./studies.ts";

const exitCodes = `
"bench" alone is "bench run": its flags are in "bench run --help".

Exit codes: 0 all is well; 1 a case failed, lost parity or broke a budget, or a runtime that was named
is not available, and of compare a regression; 2 bad input; 130 interrupted.`;

/** Each command loads its code when it is called: browsers and bundlers are slow to load. */
export function buildCli(setExitCode: (code: number) => void): Command {
  const cli = new Command("bench")
    .exitOverride()
    .description("What squeeze-and-excitation costs on each JavaScript inference runtime.")
    .addHelpText("after", exitCodes)
    .showHelpAfterError("(see --help)");
  addRun(cli, setExitCode);
  cli
    .command("list")
    .description("networks with their parameters and multiply-accumulates, and runtimes")
    .option("--json", "machine-readable output")
    .action(async (flags) => (await import("../catalogue/list.ts")).list(flags));
  cli
    .command("paper")
    .description("the paper's parameters and FLOPs beside those of the networks here")
    .option("--json", "machine-readable output")
    .action(async (flags) => (await import("../catalogue/paper.ts")).paper(flags));
  cli
    .command("doctor")
    .description("what is available on this machine, why not, and how to get it")
    .option(
      "--fix",
      "fetch what can be fetched: engines from npm where they are not installed, libtensorflow, NVIDIA's providers, a browser, a Vulkan driver, and Bun or Deno where --host names them",
    )
    .option("--host <names>", "only these hosts: node, chromium (the default), bun, deno", repeated)
    .option("--browser <path>", "the browser to use")
    .option("--json", "machine-readable output")
    .action(async (flags) =>
      setExitCode(await (await import("../catalogue/doctor.ts")).doctor(flags)),
    );
  cli
    .command("report")
    .description("write the reports of a run again")
    .argument("<run>", "a results.json, or the folder that holds one")
    .addOption(
      new Option(
        "--format <format>",
        "print one instead of writing report.html and report.md",
      ).choices(["table", "markdown", "html", "csv", "json", "github-action-benchmark", "bmf"]),
    )
    .option("--json", "print the record: the same as --format json")
    .action(async (path, flags) => (await import("../records/report.ts")).report(path, flags));
  addCalibrate(cli, setExitCode);
  addBound(cli, setExitCode);
  addTune(cli, setExitCode);
  addComparison(cli, setExitCode);
  addRecommend(cli, setExitCode);
  addEval(cli, setExitCode);
  addExcitations(cli, setExitCode);
  addExplain(cli, setExitCode);
  addShards(cli, setExitCode);
  addExport(cli);
  return cli;
}

function addRun(cli: Command, setExitCode: (code: number) => void): void {
  const purposes = profileNames.map((name) => `${name}: ${profiles[name].purpose}`).join("; ");
  const command = cli
    .command("run", { isDefault: true })
    .description("measure pairs of networks, with and without SE (the default command)")
    .option("--profile <name>", purposes);
  withEngines(withLowering(withSelection(command)))
    .option(
      "--weights <file>",
      "a .safetensors file of the member with SE, or the word seeded (default: trained weights of the pairs that have them, and else seeded ones)",
    )
    .option("--plain-weights <file>", "of the plain member (default: the tensors that both have)")
    .option("--shard <i/n>", "only every n-th case, from the i-th on")
    .option("--out <folder>", "where results.json, report.html and report.md go")
    .option(
      "--config <file>",
      "budgets that cases must keep (default: sebench.config.ts, .js or .json in the working directory)",
    )
    .option("--resume <folder>", "go on with the run in this folder; its good cases are kept")
    .option("--json", "print the results as JSON instead of a table")
    .action(async (flags) => setExitCode(await (await import("../measuring/run.ts")).run(flags)));
}

function addCalibrate(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("calibrate")
    .description("how small a difference can be told here: networks against themselves");
  withEngines(withLowering(withSelection(command), "gemm"))
    .option("--trials <count>", "of each case, with nothing slowed down", "100")
    .option("--slowdown-trials <count>", "of each case and slowdown", "12")
    .option("--slowdowns <percents>", "of one side (default: 0.5,1,2,5,10)", repeated)
    .option("--out <folder>", "where calibrations lie (default: results/calibration)")
    .option("--json", "print the record instead of what it says")
    .addHelpText(
      "after",
      `
Give --budget as your runs have it, and --network for others than quick's. Trials are kept: the same
command goes on, and a larger --trials adds to them.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/calibrate.ts")).calibrate(flags)),
    );
}

function addBound(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("bound")
    .description("the least that SE can cost here: by the bytes it reads and what it computes");
  withEngines(withLowering(withSelection(command)))
    .option("--json", "machine-readable output")
    .addHelpText(
      "after",
      `
Measures each pair as \`bench run\` does, and then how fast its runtime computes and reads. --budget is
the pair's; half of it, and 2 seconds at least, go to the runtime.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/bound.ts")).bound(flags)),
    );
}

const historyFlag = [
  "--history <folder>",
  "where the histories lie (default: results/history)",
] as const;

function addComparison(cli: Command, setExitCode: (code: number) => void): void {
  cli
    .command("compare")
    .description("the gate: what changed from one run to another; exit 1 on a regression")
    .argument("<base>", "a results.json or its folder, or a run's id or a branch in the history")
    .argument("<head>", "likewise")
    .option("--threshold <percent>", "the change that matters (default: 2, or the noise floor)")
    .option("--allow-missing", "a case that only the base has is no regression")
    .option(...historyFlag)
    .addOption(
      new Option("--format <format>", "what to print (default: table)").choices([
        "table",
        "markdown",
        "json",
      ]),
    )
    .option("--json", "the same as --format json")
    .addHelpText("after", compareHelp)
    .action(async (base, head, flags) =>
      setExitCode(await (await import("../records/compare.ts")).compare(base, head, flags)),
    );
  cli
    .command("record")
    .description("add a run to the history of its machine; twice is once")
    .argument("<run>", "a results.json, or the folder that holds one")
    .option(...historyFlag)
    .option("--branch <name>", "the branch that the run was of (default: the checkout's)")
    .option("--commit <hash>", "the commit that the run was of (default: the checkout's)")
    .option("--json", "machine-readable output")
    .action(async (path, flags) => (await import("../records/record.ts")).record(path, flags));
  cli
    .command("history")
    .description("how the overhead went, run by run, and where it changed")
    .option(...historyFlag)
    .option("--machine <key>", "only this machine")
    .option("--runtime <ids>", "only these runtimes", repeated)
    .option("--network <names>", "only these networks, such as se-resnet50", repeated)
    .option("--branch <name>", "only runs of this branch")
    .option("--out <file>", "write a page, such as history.html, instead of a table")
    .option("--json", "print the series and their change points as JSON")
    .action(async (flags) => (await import("../records/history.ts")).history(flags));
}

function addRecommend(cli: Command, setExitCode: (code: number) => void): void {
  cli
    .command("recommend")
    .description("which runtime to deploy; exit 1 where none meets what is asked for")
    .argument("[run]", "a results.json or its folder (default: the newest in results/)")
    .option("--network <name>", "with or without SE: se-resnet50, resnet50 (default: all with SE)")
    .option("--batch <size>", "images in one run", "1")
    .option("--size <pixels>", "height and width of the images")
    .addOption(
      new Option("--percentile <name>", "of the latency, to rank by")
        .choices(["p50", "p90", "p99"])
        .default("p50"),
    )
    .option("--slo-ms <ms>", "what that percentile may be at most")
    .option("--min-accuracy <share>", "top-1, from 0 to 1")
    .option("--max-memory <MiB>", "how far the process may grow")
    .option("--json", "machine-readable output")
    .action(async (run, flags) =>
      setExitCode(await (await import("../records/recommend.ts")).recommend(run, flags)),
    );
}

function addShards(cli: Command, setExitCode: (code: number) => void): void {
  const plan = cli
    .command("plan")
    .description("how several machines would share a run; --json is a GitHub Actions matrix")
    .option("--profile <name>", "as for run")
    .option("--shards <count>", "equal parts (default: a part for each runtime and host)");
  withLowering(withSelection(plan))
    .option("--json", '{ "include": [{ name, arguments, cases, seconds }] }')
    .action(async (flags) => (await import("../catalogue/plan.ts")).plan(flags));
  cli
    .command("merge")
    .description("join the parts that shards have written; exit 1 where a shard is missing")
    .argument("<runs...>", "each a results.json, or the folder that holds one")
    .requiredOption("--out <folder>", "where the whole goes; a folder in it for each machine")
    .option("--json", "print the whole as JSON")
    .action(async (paths, flags) =>
      setExitCode(await (await import("../records/merge.ts")).merge(paths, flags)),
    );
}

const compareHelp = `
Verdicts: "regressed" and "improved" are beyond doubt (p at most 1 % over the whole suite), and as
large as the threshold as far as their 95 % interval can tell; "same" is shown to be smaller than
the threshold; the rest is "cannot tell". Lost parity or accuracy, another device, and a runtime that
is gone count as regressed.`;

function addExport(cli: Command): void {
  cli
    .command("export")
    .description("write a network as an ONNX file: float32 [B, 3, S, S] in, logits out")
    .requiredOption("--network <name>", "such as se-resnet50, resnet50, se-resnet50{r=8}")
    .requiredOption("--out <file>", "the .onnx file to write")
    .option("--weights <file>", "a .safetensors file (default: seeded weights)")
    .option(
      "--layout <name>",
      "torchvision, timm or timm-legacy; or in the name's braces (default: as the keys of --weights imply)",
    )
    .option("--batch <size>", "images in one run", "1")
    .option("--size <pixels>", "height and width of the images")
    .addOption(
      new Option("--precision <name>", "what it computes in; input and logits are float32 at each")
        .choices(["fp32", "fp16", "int8"])
        .default("fp32"),
    )
    .option("--lowering <recipe>", `${loweringHelp}; default: gemm`)
    .option("--runtime <id>", "whose recipe --lowering tuned takes", "onnxruntime-node/cpu")
    .option("--host <name>", "likewise: the host (default: the runtime's first)")
    .option("--threads <count>", "likewise: as they were tuned for (default: the engine's choice)")
    .option("--seed <number>", "seed of the weights", "1")
    .option("--json", "machine-readable output")
    .action(async (flags) => (await import("../catalogue/export.ts")).exportModel(flags));
}
