import { z } from "zod";

export const schedules = ["cosine", "step"] as const;
export const evaluations = ["each-epoch", "last-epoch"] as const;

/** All that decides how a network is trained. The same settings give the same run. */
export const trainingSettings = z.object({
  /** The network's name, such as `se-resnet20{r=8}`. */
  network: z.string(),
  dataset: z.literal("fashion-mnist"),
  /** The side of the images in pixels: 28, or 32 with 2 pixels of black on each side. */
  imageSize: z.literal([28, 32]),
  /** The seed of the initial weights, of the order of the images, and of their flips and crops. */
  seed: z.number().int().min(0),
  epochs: z.number().int().positive(),
  /** The epochs of the whole schedule, of which `epochs` are the first ones. */
  scheduleEpochs: z.number().int().positive().default(5),
  /** The number of training images to take, the first ones; null for all 60,000. */
  subset: z.number().int().positive().nullable(),
  batch: z.number().int().positive(),
  /** The learning rate after warm-up. */
  rate: z.number().positive(),
  schedule: z.enum(schedules),
  /** The number of epochs, perhaps a fraction, in which the rate climbs from 0 in a straight line. */
  warmUp: z.number().min(0),
  momentum: z.number().min(0).max(1),
  weightDecay: z.number().min(0),
  /** Whether images are mirrored, half of them at random, and shifted by up to 2 pixels. */
  augment: z.boolean(),
  /** The epochs after which the test images are run, which takes some seconds and changes no weight. */
  evaluate: z.enum(evaluations).default("each-epoch"),
});

export type TrainingSettings = z.infer<typeof trainingSettings>;

/** The settings where no flag says otherwise. */
export const defaultSettings: Omit<TrainingSettings, "network"> = {
  dataset: "fashion-mnist",
  imageSize: 32,
  seed: 1,
  epochs: 5,
  scheduleEpochs: 5,
  subset: null,
  batch: 128,
  rate: 0.1,
  schedule: "cosine",
  warmUp: 0.5,
  momentum: 0.9,
  weightDecay: 5e-4,
  augment: true,
  evaluate: "each-epoch",
};

type Scheduled = Pick<TrainingSettings, "rate" | "schedule" | "warmUp" | "scheduleEpochs">;

/**
 * The learning rate of a step. After warm-up it falls: as half a cosine to 0
 * (Loshchilov & Hutter 2017), or by 10 after half and after three quarters of the
 * schedule's epochs (He et al. 2016, section 4.2).
 *
 * @param step the step, from 0
 */
export function rateAt(step: number, stepsPerEpoch: number, settings: Scheduled): number {
  const { rate, schedule, warmUp, scheduleEpochs: epochs } = settings;
  const warm = warmUp * stepsPerEpoch;
  if (step < warm) return (rate * (step + 1)) / Math.ceil(warm);
  switch (schedule) {
    case "cosine": {
      const done = (step - warm) / (epochs * stepsPerEpoch - warm);
      return (rate / 2) * (1 + Math.cos(Math.PI * done));
    }
    case "step": {
      const epoch = step / stepsPerEpoch;
      if (epoch < epochs / 2) return rate;
      return epoch < (3 * epochs) / 4 ? rate / 10 : rate / 100;
    }
  }
}
