import { preprocessingNames } from "@sebench/datasets/preprocessing";
import { InputError, networkSetNames } from "@sebench/spec";
import { type Command, Option } from "commander";

/** Collects the values of a flag that may be repeated. */
export const repeated = (value: string, previous: readonly string[] | undefined) => [
  ...(previous ?? []),
  value,
];

/** The help of a flag that takes several hosts. */
export const hostsHelp =
  "only these hosts: bun, deno, firefox, webkit, safari, or node and chromium (the default)";

/** The help of a flag that takes one host. */
export const hostHelp =
  "the host: node, bun, deno, chromium, firefox, webkit or safari (default: the runtime's first)";

/** Adds the flags that select cases, for every command that measures or plans to. */
export function withSelection(command: Command): Command {
  return withCases(command).option("--host <names>", hostsHelp, repeated);
}

/** Adds the flags that select cases, but for the host. */
export function withCases(command: Command): Command {
  command
    .option("--runtime <ids>", "take only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option("--network <names>", "take only these pairs, such as se-resnet50{r=8}", repeated)
    .option(
      "--network-set <names>",
      `take only the pairs of a set: ${networkSetNames.join(", ")}`,
      repeated,
    )
    .option(
      "--batch <sizes>",
      "the numbers of images in one run, such as 1,8, or 1..16 for 1, 2, 4, 8 and 16",
      repeated,
    )
    .option(
      "--size <pixels>",
      "the heights and widths of the images, such as 224,320, or 128..512:64 for every 64 pixels",
      repeated,
    )
    .option(
      "--precision <names>",
      "the precisions: fp32 (the default), fp16, int8; each is measured on the runtimes that have it, and --runtime must name no other",
      repeated,
    );
  return withKept(command)
    .option("--budget <seconds>", "the time for the replicas of one case")
    .option("--seed <number>", "the seed of the weights and of the order of visits (default: 1)");
}

/** Adds the flags that select single networks, with SE or without, and where they run. */
export function withNetworks(command: Command): Command {
  return command
    .option("--runtime <ids>", "take only these runtimes, such as onnxruntime-web/wasm", repeated)
    .option("--host <names>", hostsHelp, repeated)
    .option(
      "--network <names>",
      "the networks, with SE or without, such as se-resnet50,resnet50 (default: se-resnet8)",
      repeated,
    )
    .option("--batch <sizes>", "the numbers of images in one run", repeated)
    .option("--size <pixels>", "the heights and widths of the images", repeated)
    .option("--precision <names>", "the precisions: fp32 (the default), fp16, int8", repeated);
}

/** Adds the flag that keeps a part of networks from being quantised. */
export function withKept(command: Command): Command {
  return command.addOption(
    new Option(
      "--int8-keep <part>",
      "the part of networks that stays in fp32 where --precision is int8: se, its squeezes and excitations",
    ).choices(["se"]),
  );
}

/** Adds the flag that chooses among the copies of a network's weights in one file. */
export function withPrefix(command: Command): Command {
  return command.option(
    "--weights-prefix <prefixes>",
    "read only the keys with these prefixes, such as ema., or none, where files hold several copies",
  );
}

/** Adds the flags that name models' files, for every command that measures them. */
export function withModels(command: Command): Command {
  command
    .option(
      "--model <file>",
      "a model of your own, an .onnx file, a .tflite file for litert-web, or a graph model's model.json for tfjs, as it is and with its SE cut out; may be repeated",
      repeated,
    )
    .option(
      "--input <sizes>",
      "the sizes of a model's input whose lengths are free, such as x=1x3x640x640; may be repeated",
      repeated,
    )
    .option(
      "--inputs <file>",
      "the arrays that a model's runs are given: .npz or .safetensors with the inputs' names, or .npy for its only input; several runs are stacked along the first axis (default: seeded inputs)",
      repeated,
    )
    .option(
      "--images <folder>",
      "the images that a model's runs are given, the first 16 runs by name; other inputs are seeded",
    );
  return withPreprocessing(command, "both edges at the model's size, normalised as ImageNet's");
}

/** Adds the flags that say how image files are made ready. */
function withPreprocessing(command: Command, otherwise: string): Command {
  return command
    .addOption(
      new Option(
        "--preprocessing <name>",
        `how image files are resized, cropped and normalised (default: ${otherwise})`,
      ).choices(preprocessingNames),
    )
    .option("--mean <r,g,b>", "the mean of red, green and blue in 0..1, or one number for all")
    .option("--std <r,g,b>", "the standard deviation of red, green and blue, or one for all")
    .option(
      "--resize <way>",
      "none (images have the network's size), both (edges), shorter or shorter:PIXELS (edge, then the centre)",
    )
    .addOption(
      new Option("--interpolation <name>", "the resize's, as PIL's").choices([
        "bilinear",
        "bicubic",
      ]),
    );
}

/** Refuses `--model` in one sentence, for a command that takes networks alone. */
export function withoutModels(command: Command): Command {
  const refuse = () => {
    throw new InputError(`bench ${command.name()} takes networks, and no model's file yet`, {
      remedy:
        "bench run --model FILE measures it, and bench recommend and bench compare read that run",
    });
  };
  return command.addOption(new Option("--model <file>").argParser(refuse).hideHelp());
}

/** The help of `--lowering`, which says what it takes. */
export const loweringHelp =
  "how SE is written as operators: gemm, conv1x1, a recipe such as 2-3:squeeze-fold+scale-fold/4-5:gate-resize, or tuned for the recipe that bench tune found, beside which run measures gemm";

const bothForms = "gemm and the best form that is known for the runtime";

/** Adds the flag that says how SE is written, for every command that times it. */
export function withLowering(command: Command, otherwise = bothForms): Command {
  return command.option(
    "--lowering <recipes>",
    `${loweringHelp} (default: ${otherwise})`,
    repeated,
  );
}

/** Adds the flags by which engines and browsers are started, for every command that measures. */
export function withEngines(command: Command): Command {
  return command
    .option("--threads <count>", "threads of CPU engines (default: the engine's own choice)")
    .option(
      "--no-tf32",
      "keep NVIDIA's libraries from rounding to TF32 (default: the engine's choice)",
    )
    .option("--timeout <seconds>", "end a case after this time, and count it as failed")
    .option("--browser <path>", "the path of the browser to use (default: the first that is found)")
    .option("--no-fetch", "fetch nothing: no engine, browser, Bun or Deno where none is found")
    .option("--headed", "show the browser's window")
    .option("--port <number>", "the port of the page's server on loopback; 0 takes any", "0");
}

/** Adds the flags that select labelled images, for every command that runs networks over them. */
export function withDataset(command: Command): Command {
  command
    .option(
      "--data <folder>",
      "a folder with a folder of images for each class (as ImageNet's val), folders within them included, with images that --labels names, or with Fashion-MNIST's idx files (default: the first 1,000 test images of Fashion-MNIST, which ship)",
    )
    .option(
      "--labels <file>",
      "the class of each image, where folders do not say it: CSV, lines such as a.jpg 3, or a .json file",
    )
    .addOption(
      new Option("--split <name>", "the part of idx files to use (default: test)").choices([
        "train",
        "test",
      ]),
    )
    .addOption(
      new Option(
        "--class-order <library>",
        "what numbered the classes for the training, where torchvision's ImageFolder (by code points) and timm (class2 before class10, apple before Banana) differ and --data has no classes.txt (default: the library of --preprocessing, if given)",
      ).choices(["torchvision", "timm"]),
    )
    .option("--images <count>", "use only this many images, from the first on");
  return withPreprocessing(
    command,
    "that of the trained weights that ship, else torchvision; to be named for other weights of 64 px or less",
  );
}
