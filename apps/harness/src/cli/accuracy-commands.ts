import { type Command, Option } from "commander";
import {
  hostHelp,
  hostsHelp,
  loweringHelp,
  repeated,
  withDataset,
  withEngines,
  withKept,
  withLowering,
  withModels,
  withNetworks,
  withPrefix,
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
    );
  withPrefix(command)
    .option("--runtime <ids>", "ask only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option("--host <names>", hostsHelp, repeated)
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
    );
  withPrefix(command)
    .option("--runtime <id>", "the runtime, such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", hostHelp)
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

export function addBisect(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("bisect")
    .description("find the first operator that a runtime computes wrongly, where parity fails");
  withKept(withNetworks(command))
    .option(
      "--weights <file>",
      "the .safetensors file of the member with SE, or the word seeded (default: trained weights for the pairs that have them, and seeded ones for the others)",
    )
    .option(
      "--plain-weights <file>",
      "the plain member's file (default: the tensors that both have)",
    );
  withPrefix(command).option("--seed <number>", "the seed of seeded weights (default: 1)");
  withEngines(withModels(withLowering(command, "gemm")))
    .option(
      "--blocks",
      "tell how far map, gate and product of each block of SE are off, right or wrong (always in int8)",
    )
    .option("--json", "print JSON for machines")
    .addHelpText(
      "after",
      `
Runs the network up to a node, and compares the node's values with the float64 oracle's: by halves, and
then back along the inputs, until a node is off whose inputs are right. A file of --model must be imported
into sebench's graph, as bench inspect says; its nodes have the file's names. Exit code 1: parity fails.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("../numerics/bisect.ts")).bisect(flags)),
    );
}

export function addNumerics(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("numerics")
    .description("say what fp16 makes of each block of SE on your images: sums, margins, logits")
    .option("--network <name>", "the network, such as se-resnet50")
    .option(
      "--model <file>",
      "an .onnx file of your own in place of a network, where it is imported into sebench's graph (bench inspect tells)",
    )
    .option(
      "--input <sizes>",
      "the sizes of the model's input whose lengths are free, such as x=1x3x224x224",
      repeated,
    )
    .option(
      "--inputs <file>",
      "the arrays that the model is given, as bench run takes them (default: seeded inputs)",
      repeated,
    )
    .addOption(
      new Option("--precision <name>", "the precision: fp16; what int8 does, bench bisect tells")
        .choices(["fp16", "int8"])
        .default("fp16"),
    )
    .option(
      "--weights <file>",
      "the .safetensors file of the weights, or the word seeded (default: trained weights where they ship, and seeded ones for other networks)",
    );
  withPrefix(command)
    .option("--layout <name>", "the layout of the network, as bench export takes it")
    .option("--size <pixels>", "the height and width of the images")
    .option("--lowering <recipe>", `${loweringHelp} (default: conv1x1)`)
    .option(
      "--block <name>",
      "look at one block only, such as stage2/block0, or one node of a model's file",
    )
    .option("--seed <number>", "the seed of seeded weights", "1");
  withDataset(command)
    .option("--json", "print JSON for machines")
    .addHelpText(
      "after",
      `
Runs the float64 oracle with every result rounded to fp16, and takes the mean of each block in fp16 in the
orders that engines use. Without --data the images that ship are taken, 4 unless --images says otherwise.
With --model, --images names a folder of images for its runs, as in bench run.
Exit code 1: a mean is not right in some order, or the logits are not.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("../numerics/numerics.ts")).numerics(flags)),
    );
}
