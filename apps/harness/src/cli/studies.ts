import { type Command, Option } from "commander";
import { repeated, withDataset, withEngines, withLowering, withSelection } from "./options.ts";

export function addEval(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("eval")
    .description("count the images that each runtime recognises, with and without SE")
    .option("--network <name>", "the pair, named by either of its networks", "se-resnet8")
    .option("--weights <file>", "the file of the member with SE (default: trained weights)")
    .option(
      "--plain-weights <file>",
      "the plain member's file (default: the tensors that both have)",
    )
    .option("--runtime <ids>", "ask only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option(
      "--host <names>",
      "ask only these hosts: bun, deno, or node and chromium (the default)",
      repeated,
    )
    .option("--size <pixels>", "the height and width of the images");
  withEngines(withDataset(command))
    .option("--batch <size>", "the number of images in one run", "32")
    .addOption(
      new Option("--precision <name>", "the precision in which networks compute")
        .choices(["fp32", "fp16"])
        .default("fp32"),
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
    .option("--runtime <id>", "the runtime, such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", "the host: node, chromium, bun or deno (default: the runtime's first)")
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
    .description("take the overhead of one case apart, by the engine's own profile")
    .requiredOption("--network <name>", "the network with SE, such as se-resnet50")
    .option("--runtime <id>", "the runtime, such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", "the host: node, chromium, bun or deno (default: the runtime's first)")
    .option("--batch <size>", "the number of images in one run", "1")
    .option("--size <pixels>", "the height and width of the images")
    .option("--budget <seconds>", "the time for the replicas (default: 60)")
    .option("--seed <number>", "the seed of the weights and of the order of visits (default: 1)");
  withEngines(withLowering(command, "gemm"))
    .option(
      "--out <folder>",
      "the folder for explanation.json, explanation.html and explanation.md",
    )
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/explain.ts")).explain(flags)),
    );
}

export function addTune(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("tune")
    .description("find the fastest way to write SE, stage by stage, on this machine");
  withEngines(withSelection(command))
    .option("--out <folder>", "the folder of the tuned recipes (default: results/tuning)")
    .option("--json", "print the recipes and every race as JSON instead of a table")
    .addHelpText(
      "after",
      `
Give --runtime and --network, which have no default here. --budget is the time for the search of one
case (default: 120); a longer search finds more. The recipe replaces an earlier one of the same case.
\`bench run --lowering tuned\` and \`bench export --lowering tuned\` take it from the default folder.`,
    )
    .action(async (flags) => setExitCode(await (await import("../measuring/tune.ts")).tune(flags)));
}
