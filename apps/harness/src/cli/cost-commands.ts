import { rewriteNames, rewritePasses } from "@sebench/models/passes";
import type { Command } from "commander";
import {
  hostHelp,
  repeated,
  withEngines,
  withLowering,
  withModels,
  withNetworks,
  withoutModels,
  withSelection,
} from "./options.ts";

export function addExplain(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("explain")
    .description(
      "take the overhead of one case apart, by the engine's own profile, or by leaving out steps of SE on litert-web/*, which has none",
    )
    .option("--network <name>", "the network with SE, such as se-resnet50")
    .option("--runtime <id>", "the runtime, such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", hostHelp)
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
    );
  withNetworks(command).option("--seed <number>", "the seed of the weights (default: 1)");
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
    .option("--host <name>", hostHelp)
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

export function addCalibrate(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("calibrate")
    .description("find how small a difference this machine can tell");
  withEngines(withoutModels(withLowering(withSelection(command), "gemm")))
    .option("--trials <count>", "trials of each case without a slowdown", "100")
    .option("--slowdown-trials <count>", "trials of each case at each slowdown", "12")
    .option("--slowdowns <percents>", "slowdowns of one side (default: 0.5,1,2,5,10)", repeated)
    .option("--out <folder>", "the folder of the calibrations (default: results/calibration)")
    .option("--json", "print the record as JSON instead of a table")
    .addHelpText(
      "after",
      `
Give the --budget that your runs have, and --network for networks that the profile quick lacks. Trials
are kept: the same command goes on, and a larger --trials adds to them.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/calibrate.ts")).calibrate(flags)),
    );
}

export function addBound(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("bound")
    .description("find the least that SE can cost on this machine");
  withEngines(withLowering(withModels(withSelection(command))))
    .option("--json", "print JSON for machines")
    .addHelpText(
      "after",
      `
Measures each pair as \`bench run\` does, and then how fast its runtime computes and reads. --budget is
the time for the pair; the runtime gets half as much, and 2 seconds at least.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/bound.ts")).bound(flags)),
    );
}
