import { type Command, Option } from "commander";
import { repeated, withDataset, withEngines, withLowering, withSelection } from "./options.ts";

export function addEval(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("eval")
    .description("how many images of a dataset each runtime recognises, with and without SE")
    .option("--network <name>", "the pair", "se-resnet8")
    .option("--weights <file>", "of the member with SE (default: trained weights that ship)")
    .option("--plain-weights <file>", "of the plain member (default: the tensors that both have)")
    .option("--runtime <ids>", "only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option("--host <names>", "only these hosts: node, chromium (the default), bun, deno", repeated)
    .option("--size <pixels>", "height and width of the images");
  withEngines(withDataset(command))
    .option("--batch <size>", "images in one run", "32")
    .addOption(
      new Option("--precision <name>", "of the computation")
        .choices(["fp32", "fp16"])
        .default("fp32"),
    )
    .option("--oracle <count>", "images that the oracle is asked about (default: some 30 seconds)")
    .option("--shard <i/n>", "only the i-th of n parts of the images; bench merge joins them")
    .option("--out <folder>", "where evaluation.json, evaluation.html and evaluation.md go")
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/eval.ts")).evaluate(flags)),
    );
}

export function addExcitations(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("excitations")
    .description("what the gates say of each class, and which of them a network can do without")
    .option("--network <name>", "with SE, such as se-resnet50", "se-resnet8")
    .option(
      "--weights <file>",
      "a .safetensors file, or the word seeded (default: trained weights, where they ship)",
    )
    .option("--runtime <id>", "such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", "node, chromium, bun or deno (default: the runtime's first)")
    .option("--size <pixels>", "height and width of the images")
    .option("--seed <number>", "of seeded weights (default: 1)");
  withEngines(withDataset(command))
    .option(
      "--classes <names>",
      "up to four to draw, by name or number (default: the first)",
      repeated,
    )
    .option("--batch <size>", "images in one run", "50")
    .option("--out <folder>", "where excitations.json, excitations.html and excitations.md go")
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("../measuring/excitations.ts")).excitations(flags)),
    );
}

export function addExplain(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("explain")
    .description("where the overhead of one case goes, by the engine's own profile")
    .requiredOption("--network <name>", "with SE, such as se-resnet50")
    .option("--runtime <id>", "such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", "node, chromium, bun or deno (default: the runtime's first)")
    .option("--batch <size>", "images in one run", "1")
    .option("--size <pixels>", "height and width of the images")
    .option("--budget <seconds>", "time for the replicas (default: 60)")
    .option("--seed <number>", "seed of the weights and of the order of visits (default: 1)");
  withEngines(withLowering(command, "gemm"))
    .option("--out <folder>", "where explanation.json, explanation.html and explanation.md go")
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
    .option("--out <folder>", "where what was tuned lies (default: results/tuning)")
    .option("--json", "print the recipes and every race as JSON instead of a table")
    .addHelpText(
      "after",
      `
Needs --runtime and --network. --budget is the time for the search of one case (default: 120), and
more finds more. What is found replaces what was found before for the same case, and
\`bench run --lowering tuned\` and \`bench export --lowering tuned\` take it, from the default folder.`,
    )
    .action(async (flags) => setExitCode(await (await import("../measuring/tune.ts")).tune(flags)));
}
