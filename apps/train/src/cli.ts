import { Command, Option } from "commander";
import { defaultSettings as defaults, schedules } from "./settings.ts";

const after = `
Writes to the folder of --out, after each epoch: weights.safetensors, which "pnpm bench --weights" takes,
checkpoint.safetensors, from which --resume goes on, and log.jsonl, with every step.

Exit codes: 0 trained; 2 bad input; 130 interrupted.`;

export function buildCli(setExitCode: (code: number) => void): Command {
  return new Command("train")
    .exitOverride()
    .description("Train a network for 28 or 32 pixels on Fashion-MNIST, on tfjs-node.")
    .option("--network <name>", "such as se-resnet20, resnet8 or se-resnet8{r=4}")
    .option("--data <folder>", "with Fashion-MNIST's four idx files (default: Debian's package)")
    .option(
      "--size <pixels>",
      `28, or 32 with black around the images (default: ${defaults.imageSize})`,
    )
    .option("--seed <number>", `of weights, order, flips and crops (default: ${defaults.seed})`)
    .option("--epochs <count>", `(default: ${defaults.epochs})`)
    .option("--subset <count>", "only the first so many training images")
    .option("--batch <size>", `images in one step (default: ${defaults.batch})`)
    .option("--rate <number>", `learning rate after warm-up (default: ${defaults.rate})`)
    .addOption(
      new Option("--schedule <name>", `how the rate falls (default: ${defaults.schedule})`).choices(
        schedules,
      ),
    )
    .option("--warm-up <epochs>", `in which the rate climbs (default: ${defaults.warmUp})`)
    .option("--momentum <number>", `(default: ${defaults.momentum})`)
    .option(
      "--weight-decay <number>",
      `of layers, not of biases (default: ${defaults.weightDecay})`,
    )
    .option("--no-augment", "neither mirror nor shift the images")
    .addOption(new Option("--device <name>", "(default: cpu)").choices(["cpu", "cuda"]))
    .option("--threads <count>", "of the CPU (default: TensorFlow's own choice)")
    .option("--out <folder>", "(default: training/NETWORK/seed-SEED)")
    .option("--resume <folder>", "go on with the run in this folder; its settings are kept")
    .addHelpText("after", after)
    .showHelpAfterError("(see --help)")
    .action(async (flags) => setExitCode(await (await import("./train.ts")).train(flags)));
}
