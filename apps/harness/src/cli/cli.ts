import { Command, Option } from "commander";
import { addBisect, addEval, addExcitations, addNumerics } from "./accuracy-commands.ts";
import {
  addBound,
  addCalibrate,
  addExplain,
  addOptimize,
  addSoak,
  addTune,
} from "./cost-commands.ts";
import { hostsHelp, loweringHelp, repeated, withKept, withPrefix } from "./options.ts";
import { addBoard, addComparison, addRecommend, addReport, addShards } from "./record-commands.ts";
import { addRun, addServe } from "./run-commands.ts";

const exitCodes = `
"bench" alone is "bench run": its flags are in "bench run --help".

Exit codes: 0 all is well; 1 a case failed, lost parity or broke a budget, a runtime that was named is
not available, or compare found a regression; 2 bad input, or a disk that is full or cannot be written to;
130 interrupted.`;

/**
 * Builds the command line. Each command loads its code when it is called, since browsers and
 * bundlers are slow to load.
 */
export function buildCli(setExitCode: (code: number) => void): Command {
  const cli = new Command("bench")
    .exitOverride()
    .description("Measures what squeeze-and-excitation costs on each JavaScript inference runtime.")
    .addHelpText("after", exitCodes)
    .showHelpAfterError("(see --help)");
  addRun(cli, setExitCode);
  addServe(cli, setExitCode);
  cli
    .command("list")
    .description("list the networks with their parameters and MACs, and the runtimes")
    .option("--json", "print JSON for machines")
    .action(async (flags) => (await import("../catalogue/list.ts")).list(flags));
  cli
    .command("paper")
    .description("print the paper's parameters and FLOPs beside those of the networks here")
    .option("--json", "print JSON for machines")
    .action(async (flags) => (await import("../catalogue/paper.ts")).paper(flags));
  cli
    .command("doctor")
    .description("say which runtimes this machine has, and how to get the others")
    .option(
      "--fix",
      "fetch what is missing or damaged and can be fetched: engines from npm, libtensorflow, NVIDIA's providers, a browser, a Vulkan driver, and Bun or Deno where --host names them",
    )
    .option("--host <names>", hostsHelp, repeated)
    .option("--browser <path>", "the path of the browser to use")
    .option("--json", "print JSON for machines")
    .action(async (flags) =>
      setExitCode(await (await import("../catalogue/doctor.ts")).doctor(flags)),
    );
  addInspect(cli);
  addReport(cli);
  addCalibrate(cli, setExitCode);
  addBound(cli, setExitCode);
  addTune(cli, setExitCode);
  addOptimize(cli, setExitCode);
  addComparison(cli, setExitCode);
  addRecommend(cli, setExitCode);
  addEval(cli, setExitCode);
  addExcitations(cli, setExitCode);
  addExplain(cli, setExitCode);
  addSoak(cli, setExitCode);
  addBisect(cli, setExitCode);
  addNumerics(cli, setExitCode);
  addShards(cli, setExitCode);
  addBoard(cli);
  addExport(cli);
  return cli;
}

function addInspect(cli: Command): void {
  cli
    .command("inspect")
    .description("say what a model is, and where its SE blocks are")
    .argument("<model>", "the .onnx or .tflite file, or the model.json of a tfjs graph model")
    .option(
      "--input <sizes>",
      "the sizes of an input whose lengths are free, such as x=1x3x640x640; may be repeated",
      repeated,
    )
    .option(
      "--twin <file>",
      "write the model with its SE cut out, to hold its cost against; a graph model's weights go beside it",
    )
    .option("--out <folder>", "the folder for inspection.json, inspection.html and inspection.md")
    .option("--json", "print JSON for machines")
    .action(async (path, flags) => (await import("../catalogue/inspect.ts")).inspect(path, flags));
}

function addExport(cli: Command): void {
  const command = cli
    .command("export")
    .description(
      "write a network as an ONNX file, float32 [B, 3, S, S] in and logits out, or as a .tflite file, [B, S, S, 3] in",
    )
    .requiredOption("--network <name>", "the network, such as se-resnet50{r=8} or resnet50")
    .requiredOption(
      "--out <file>",
      "the file to write: .tflite for TensorFlow Lite, any other name for ONNX",
    )
    .option(
      "--weights <file>",
      "the .safetensors file of the weights, or the word seeded (default: trained weights where they ship, as bench run takes them, and seeded ones for other networks)",
    );
  withPrefix(command)
    .option(
      "--layout <name>",
      "the layout of the network: torchvision, timm, timm-legacy or timm-tf; the name's braces may state it too (default: the layout that the keys of --weights imply)",
    )
    .option("--batch <size>", "the number of images in one run", "1")
    .option("--size <pixels>", "the height and width of the images")
    .addOption(
      new Option(
        "--precision <name>",
        "the precision to compute in, for .tflite that of the weights; input and logits are always float32",
      )
        .choices(["fp32", "fp16", "int8"])
        .default("fp32"),
    );
  withKept(command)
    .option("--lowering <recipe>", `${loweringHelp}; default: gemm`)
    .option("--runtime <id>", "the runtime that --lowering tuned is for", "onnxruntime-node/cpu")
    .option("--host <name>", "the host that --lowering tuned is for (default: the runtime's first)")
    .option("--threads <count>", "the threads that --lowering tuned is for (default: the engine's)")
    .option("--seed <number>", "the seed of seeded weights", "1")
    .option("--json", "print JSON for machines")
    .action(async (flags) => (await import("../catalogue/export.ts")).exportModel(flags));
}
