import { type NumberRange, readNumber } from "@sebench/cli";
import { buildNetwork, formatNetworkName, InputError, parseNetworkName } from "@sebench/spec";
import { defaultSettings, type TrainingSettings } from "./settings.ts";

/** The flags that all training takes, as commander gives them. */
export interface SharedFlags {
  readonly data?: string;
  readonly size?: string;
  readonly epochs?: string;
  readonly scheduleEpochs?: string;
  readonly subset?: string;
  readonly batch?: string;
  readonly rate?: string;
  readonly schedule?: TrainingSettings["schedule"];
  readonly warmUp?: string;
  readonly momentum?: string;
  readonly weightDecay?: string;
  readonly augment: boolean;
  readonly evaluate?: TrainingSettings["evaluate"];
  readonly device?: "cpu" | "cuda";
  readonly threads?: string;
  readonly out?: string;
}

/** The flags of `run`, as commander gives them. */
export interface TrainFlags extends SharedFlags {
  readonly network?: string;
  readonly seed?: string;
  readonly resume?: string;
}

/** @throws InputError where a flag is wrong */
export function readSettings(flags: TrainFlags): TrainingSettings {
  if (flags.network === undefined) {
    throw new InputError("no network to train", {
      remedy: "name one, such as --network se-resnet20",
    });
  }
  const number = (flag: string, text: string | undefined, range: NumberRange, otherwise: number) =>
    text === undefined ? otherwise : readNumber(flag, text, range);
  const fraction = { from: 0, to: 1, whole: false };
  const of = defaultSettings;
  const epochs = number("--epochs", flags.epochs, { from: 1, to: 1000 }, of.epochs);
  const settings: TrainingSettings = {
    ...of,
    network: formatNetworkName(parseNetworkName(flags.network)),
    imageSize: readSize(flags.size),
    seed: number("--seed", flags.seed, { from: 0, to: 2 ** 32 - 1 }, of.seed),
    epochs,
    scheduleEpochs: number(
      "--schedule-epochs",
      flags.scheduleEpochs,
      { from: epochs, to: 1000 },
      Math.max(epochs, of.scheduleEpochs),
    ),
    subset:
      flags.subset === undefined
        ? null
        : readNumber("--subset", flags.subset, { from: 1, to: 60_000 }),
    batch: number("--batch", flags.batch, { from: 2, to: 4096 }, of.batch),
    rate: number("--rate", flags.rate, { from: 1e-9, to: 100, whole: false }, of.rate),
    schedule: flags.schedule ?? of.schedule,
    warmUp: number("--warm-up", flags.warmUp, { from: 0, to: 1000, whole: false }, of.warmUp),
    momentum: number("--momentum", flags.momentum, fraction, of.momentum),
    weightDecay: number("--weight-decay", flags.weightDecay, fraction, of.weightDecay),
    augment: flags.augment,
    evaluate: flags.evaluate ?? of.evaluate,
  };
  const { warmUp, scheduleEpochs } = settings;
  if (warmUp >= scheduleEpochs) {
    throw new InputError(
      `--warm-up ${warmUp} leaves none of the schedule's ${scheduleEpochs} epochs`,
      {
        remedy: "give a shorter --warm-up or a longer --schedule-epochs",
      },
    );
  }
  // A fault of the name or the size is told before anything is read.
  buildNetwork(settings.network, { imageSize: settings.imageSize });
  return settings;
}

/** @throws InputError where the flag is no number of threads */
export function readThreads({ threads }: Pick<SharedFlags, "threads">): number | null {
  return threads === undefined ? null : readNumber("--threads", threads, { from: 1, to: 1024 });
}

function readSize(text: string | undefined): TrainingSettings["imageSize"] {
  switch (text) {
    case undefined:
      return defaultSettings.imageSize;
    case "28":
      return 28;
    case "32":
      return 32;
    default:
      throw new InputError(`--size is ${text}, and Fashion-MNIST has images of 28 pixels`, {
        remedy: "give --size 28, or --size 32, which puts 2 pixels of black around them",
      });
  }
}
