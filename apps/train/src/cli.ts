import { Command, Option } from "commander";
import { ablationDefaults } from "./ablations/ablation.ts";
import {
  defaultSettings as defaults,
  evaluations,
  schedules,
  type TrainingSettings,
} from "./training/settings.ts";

const exitCodes = `
"train" alone is "train run": its flags are in "train run --help".

Exit codes: 0 trained; 1 an ablation's run diverged; 2 bad input; 130 interrupted.`;

/** The commands of `pnpm train`. Each loads its code when it is called, as TensorFlow is slow to load. */
export function buildCli(setExitCode: (code: number) => void): Command {
  const cli = new Command("train")
    .exitOverride()
    .description("Train networks for 28 or 32 pixels on Fashion-MNIST, on tfjs-node.")
    .addHelpText("after", exitCodes)
    .showHelpAfterError("(see --help)");
  addRun(cli, setExitCode);
  addAblations(cli, setExitCode);
  cli
    .command("ablation-table")
    .description("what the ablations found, beside what the paper did, as Markdown")
    .argument("<folder>", "that ablations wrote to")
    .option("--out <file>", "write the Markdown there instead of printing it")
    .option("--json", "print the table as JSON")
    .action(async (folder, flags) =>
      (await import("./ablations/markdown.ts")).printTable(folder, flags),
    );
  return cli;
}

function addRun(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("run", { isDefault: true })
    .description("train one network (the default command)")
    .option("--network <name>", "such as se-resnet20, resnet8 or se-resnet8{r=4}")
    .option("--seed <number>", `of weights, order, flips and crops (default: ${defaults.seed})`)
    .option("--epochs <count>", `(default: ${defaults.epochs})`)
    .option("--subset <count>", "only the first so many training images")
    .option("--out <folder>", "(default: training/NETWORK/seed-SEED)")
    .option("--resume <folder>", "go on with the run in this folder; its settings are kept");
  withTraining(command, defaults)
    .addHelpText(
      "after",
      `
Writes to the folder of --out, after each epoch: weights.safetensors, which "pnpm bench --weights" takes,
checkpoint.safetensors, from which --resume goes on, and log.jsonl, with every step. The learning
rate's schedule has five epochs, or as many as --epochs where those are more: so the first epochs of a
short run are those of a long one.`,
    )
    .action(async (flags) => setExitCode(await (await import("./train.ts")).train(flags)));
}

function addAblations(cli: Command, setExitCode: (code: number) => void): void {
  const of = ablationDefaults;
  const command = cli
    .command("ablations")
    .description("train the paper's ablations (SENet v4, tables 10 to 16) on the pair of ResNet-8")
    .option("--seeds <count>", `of each network, from seed 1 on (default: ${of.seeds})`)
    .option("--epochs <count>", `(default: ${of.epochs})`)
    .option("--subset <count>", `the first so many training images (default: ${of.subset})`)
    .option("--shard <i/n>", "only every n-th run, from the i-th on: for several processes")
    .option("--out <folder>", `(default: ${of.out})`);
  withTraining(command, of)
    .addHelpText(
      "after",
      `
Each run has a folder of its own, NETWORK/seed-N, and leaves log.jsonl there. All networks are trained
with one seed before any is with the next. The same command goes on where it was cut off.
On two cores "--shard 1/2 --threads 1" and "--shard 2/2 --threads 1" side by side are somewhat faster
than one process with two threads, and may have the same --out.`,
    )
    .action(async (flags) =>
      setExitCode(await (await import("./ablations/train-ablations.ts")).trainAblations(flags)),
    );
}

/** Adds the flags that all training takes. */
function withTraining(
  command: Command,
  of: Pick<TrainingSettings, "imageSize" | "batch" | "rate" | "evaluate">,
): Command {
  return command
    .option("--data <folder>", "with Fashion-MNIST's four idx files (default: Debian's package)")
    .option("--size <pixels>", `28, or 32 with black around the images (default: ${of.imageSize})`)
    .option("--batch <size>", `images in one step (default: ${of.batch})`)
    .option("--rate <number>", `learning rate after warm-up (default: ${of.rate})`)
    .addOption(
      new Option("--schedule <name>", `how the rate falls (default: ${defaults.schedule})`).choices(
        schedules,
      ),
    )
    .option(
      "--schedule-epochs <count>",
      "of the whole schedule, of which --epochs are the first (default: 5, or --epochs if more)",
    )
    .option("--warm-up <epochs>", `in which the rate climbs (default: ${defaults.warmUp})`)
    .option("--momentum <number>", `(default: ${defaults.momentum})`)
    .option(
      "--weight-decay <number>",
      `of layers, not of biases (default: ${defaults.weightDecay})`,
    )
    .option("--no-augment", "neither mirror nor shift the images")
    .addOption(
      new Option("--evaluate <when>", `run the test images then (default: ${of.evaluate})`).choices(
        evaluations,
      ),
    )
    .addOption(new Option("--device <name>", "(default: cpu)").choices(["cpu", "cuda"]))
    .option("--threads <count>", "of the CPU (default: TensorFlow's own choice)");
}
