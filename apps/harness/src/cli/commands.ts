import { profileNames } from "@sebench/bench/profiles";
import { rewriteNames, rewritePasses } from "@sebench/models/passes";
import { type Command, Option } from "commander";
import {
  repeated,
  withDataset,
  withEngines,
  withLowering,
  withModels,
  withSelection,
} from "./options.ts";

export function addEval(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("eval")
    .description("count the images that each runtime recognises, with and without SE")
    .option("--network <name>", "the pair, named by either of its networks (default: se-resnet8)")
    .option(
      "--model <file>",
      "a classifier of your own in place of a network, an .onnx file, as it is and with its SE cut out",
      repeated,
    )
    .option(
      "--input <sizes>",
      "the sizes of the model's input whose lengths are free, such as x=32x3x224x224",
      repeated,
    )
    .option("--weights <file>", "the file of the member with SE (default: trained weights)")
    .option(
      "--plain-weights <file>",
      "the plain member's file (default: the tensors that both have, which are no trained network)",
    )
    .option(
      "--weights-prefix <prefixes>",
      "read only the keys with these prefixes, such as ema., or none, where files hold several copies",
    )
    .option("--runtime <ids>", "ask only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option(
      "--host <names>",
      "ask only these hosts: bun, deno, firefox, webkit, safari, or node and chromium (the default)",
      repeated,
    )
    .option("--size <pixels>", "the height and width of the images");
  withEngines(withDataset(command))
    .option("--batch <size>", "the number of images in one run of a network (default: 32)")
    .addOption(
      new Option(
        "--precision <name>",
        "the precision in which networks compute (default: fp32)",
      ).choices(["fp32", "fp16"]),
    )
    .option(
      "--oracle <count>",
      "the number of images that the oracle is asked about (default: as many as take it some 30 seconds)",
    )
    .option("--shard <i/n>", "run only the i-th of n parts of the images; bench merge joins them")
    .option("--out <folder>", "the folder for evaluation.json, evaluation.html and evaluation.md")
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/eval.ts")).evaluate(flags)),
    );
}

export function addExcitations(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("excitations")
    .description("show the gates' values for each class, and which gates a network can do without")
    .option("--network <name>", "the network with SE, such as se-resnet50", "se-resnet8")
    .option(
      "--weights <file>",
      "the .safetensors file of the network's weights, or the word seeded (default: trained weights, where they ship)",
    )
    .option(
      "--weights-prefix <prefixes>",
      "read only the keys with these prefixes, such as ema., or none, where files hold several copies",
    )
    .option("--runtime <id>", "the runtime, such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option(
      "--host <name>",
      "the host, such as node, chromium or firefox (default: the runtime's first)",
    )
    .option("--size <pixels>", "the height and width of the images")
    .option("--seed <number>", "the seed of seeded weights (default: 1)");
  withEngines(withDataset(command))
    .option(
      "--classes <names>",
      "the classes to draw, up to four, by name or number (default: the first four)",
      repeated,
    )
    .option("--batch <size>", "the number of images in one run", "50")
    .option(
      "--out <folder>",
      "the folder for excitations.json, excitations.html and excitations.md",
    )
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/excitations.ts")).excitations(flags)),
    );
}

export function addExplain(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("explain")
    .description(
      "take the overhead of one case apart, by the engine's own profile, or by leaving out steps of SE on litert-web/*, which has none",
    )
    .option("--network <name>", "the network with SE, such as se-resnet50")
    .option("--runtime <id>", "the runtime, such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option(
      "--host <name>",
      "the host, such as node, chromium or firefox (default: the runtime's first)",
    )
    .option("--batch <size>", "the number of images in one run of the network (default: 1)")
    .option("--size <pixels>", "the height and width of the images")
    .option("--budget <seconds>", "the time for the replicas (default: 60)")
    .option("--seed <number>", "the seed of the weights and of the order of visits (default: 1)");
  withEngines(withModels(withLowering(command, "gemm")))
    .option(
      "--out <folder>",
      "the folder for explanation.json, explanation.html and explanation.md",
    )
    .option(
      "--trace <file>",
      "write the mean run of each member as a trace, a .json file for ui.perfetto.dev and speedscope.app",
    )
    .option(
      "--node-data <file>",
      "write the time of each node, a .json file for Model Explorer to lay over the model's file, or over the one that bench export writes of the same network and lowering",
    )
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/explain.ts")).explain(flags)),
    );
}

export function addSoak(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("soak")
    .description(
      "run one session over and over: memory, latency drift, parity, and whether it lives",
    )
    .option("--runs <count>", "the runs of each session", "1000")
    .option(
      "--max-growth <KiB>",
      "the growth of the memory a run that counts as a leak, where it is beyond doubt",
      "8",
    )
    .option("--runtime <ids>", "take only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option(
      "--host <names>",
      "take only these hosts: bun, deno, firefox, webkit, safari, or node and chromium (the default)",
      repeated,
    )
    .option(
      "--network <names>",
      "the networks, with SE or without, such as se-resnet50,resnet50 (default: se-resnet8)",
      repeated,
    )
    .option("--batch <sizes>", "the numbers of images in one run", repeated)
    .option("--size <pixels>", "the heights and widths of the images", repeated)
    .option("--precision <names>", "the precisions: fp32 (the default), fp16, int8", repeated)
    .option("--seed <number>", "the seed of the weights (default: 1)");
  withEngines(withModels(withLowering(command, "gemm")))
    .option("--out <folder>", "the folder for soak.json, soak.html and soak.md")
    .option("--json", "print the record as JSON instead of a table")
    .addHelpText(
      "after",
      `
Parity is checked at runs 1, 2, 100 and the last, and every answer is compared with the first one for
the same images. --timeout is the time for one session (default: 3600). Exit code 1: a session died,
parity was lost, an answer changed, or memory grew by more than --max-growth.`,
    )
    .action(async (flags) => setExitCode(await (await import("../measuring/soak.ts")).soak(flags)));
}

export function addTune(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("tune")
    .description("find the fastest way to write SE, stage by stage, on this machine");
  withEngines(withModels(withSelection(command)))
    .option("--out <folder>", "the folder of the tuned recipes (default: results/tuning)")
    .option("--json", "print the recipes and every race as JSON instead of a table")
    .addHelpText(
      "after",
      `
Give --runtime and --network or --model, which have no default here. --budget is the time for the search of one
case (default: 120); a longer search finds more. The recipe replaces an earlier one of the same case.
\`bench run --lowering tuned\` and \`bench export --lowering tuned\` take it from the default folder.
Of a model's file, the passes of bench optimize are tried on each runtime, and no file is written: --budget
is the time for the rounds of its races.`,
    )
    .action(async (flags) => setExitCode(await (await import("../measuring/tune.ts")).tune(flags)));
}

export function addOptimize(cli: Command, setExitCode: (code: number) => void): void {
  const passes = rewriteNames.map((name) => {
    const { what, where } = rewritePasses[name];
    return `  ${name}\n    ${what};\n    ${where}`;
  });
  const command = cli
    .command("optimize")
    .description("write a faster file of an ONNX model, by rewrites that keep its outputs")
    .argument("<model>", "the .onnx file, which is never written over")
    .requiredOption("--runtime <id>", "the runtime to be faster on, such as onnxruntime-node/cpu")
    .requiredOption("--out <file>", "the file to write")
    .option("--host <name>", "the host of the runtime (default: its first)")
    .option(
      "--input <sizes>",
      "the sizes of an input whose lengths are free, such as x=1x3x640x640; may be repeated",
      repeated,
    )
    .option("--passes <names>", "try only these passes, in this order (default: all)", repeated)
    .option("--no-pass <names>", "leave out these passes", repeated, [])
    .option("--race-seconds <seconds>", "the time of the rounds of one race", "4")
    .option("--seed <number>", "the seed of the inputs and of the order of visits (default: 1)");
  withEngines(command)
    .option("--json", "print the passes, their gains and the files as JSON")
    .addHelpText(
      "after",
      `
Each pass is tried on the best file so far, and kept if it is faster beyond noise in two races. The file
that is left is raced against the untouched one, and its outputs are compared. The command ends with 1
where nothing was faster, and writes no file then. The passes, and where they apply:
${passes.join("\n")}`,
    )
    .action(async (path, flags) =>
      setExitCode(await (await import("../measuring/optimize.ts")).optimize(path, flags)),
    );
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
