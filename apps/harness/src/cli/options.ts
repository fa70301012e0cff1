import { preprocessingNames } from "@sebench/datasets/preprocessing";
import { networkSetNames } from "@sebench/spec";
import { type Command, Option } from "commander";

/** Collects a flag that may be repeated. */
export const repeated = (value: string, previous: readonly string[] | undefined) => [
  ...(previous ?? []),
  value,
];

/** Which cases: shared by all that measure, or plan to. */
export function withSelection(command: Command): Command {
  return command
    .option("--runtime <ids>", "only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option("--host <names>", "only these hosts: node, chromium (the default), bun, deno", repeated)
    .option("--network <names>", "only these pairs, such as se-resnet50{r=8}", repeated)
    .option("--network-set <names>", `only those of a set: ${networkSetNames.join(", ")}`, repeated)
    .option("--batch <sizes>", "images in one run", repeated)
    .option("--size <pixels>", "height and width of the images")
    .option(
      "--precision <names>",
      "fp32 (the default), fp16, int8; on the runtimes that have it, unless --runtime names them",
      repeated,
    )
    .option("--budget <seconds>", "time for the replicas of one case")
    .option("--seed <number>", "seed of the weights and of the order of visits (default: 1)");
}

/** What `--lowering` takes. */
export const loweringHelp =
  "how SE is written as operators: gemm, conv1x1, a recipe such as 2-3:squeeze-fold+scale-fold/4-5:gate-resize, or tuned, for what bench tune found, beside which run has gemm";

const bothForms = "gemm and, beside it, the best known of the runtime";

/** How SE is written: for all that time it. */
export function withLowering(command: Command, otherwise = bothForms): Command {
  return command.option(
    "--lowering <recipes>",
    `${loweringHelp} (default: ${otherwise})`,
    repeated,
  );
}

/** How engines and browsers are started: shared by all that measure. */
export function withEngines(command: Command): Command {
  return command
    .option("--threads <count>", "threads of CPU engines (default: the engine's own choice)")
    .option(
      "--no-tf32",
      "keep NVIDIA's libraries from rounding to TF32 (default: the engine's own)",
    )
    .option("--timeout <seconds>", "time after which a case is ended and counts as failed")
    .option("--browser <path>", "the browser to use (default: the first found)")
    .option("--no-fetch", "fetch nothing: no engine, browser, Bun or Deno where none is found")
    .option("--headed", "show the browser")
    .option("--port <number>", "port of the page's server on loopback (default: any)", "0");
}

/** Which labelled images: shared by all commands that run networks over them. */
export function withDataset(command: Command): Command {
  return command
    .option(
      "--data <folder>",
      "a folder of images for each class (ImageNet's val), images that --labels names, or Fashion-MNIST's idx files (default: its first 1,000 test images, which ship)",
    )
    .option("--labels <file>", "CSV or JSON, where folders do not say the class")
    .addOption(
      new Option("--split <name>", "of idx files (default: test)").choices(["train", "test"]),
    )
    .addOption(
      new Option(
        "--preprocessing <name>",
        "how image files are resized, cropped and normalised (default: torchvision)",
      ).choices(preprocessingNames),
    )
    .option("--images <count>", "only the first so many");
}
