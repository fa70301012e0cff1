import type { TrainingSettings } from "./settings.ts";

type Scheduled = Pick<TrainingSettings, "rate" | "schedule" | "warmUp" | "scheduleEpochs">;

/**
 * The learning rate of a step. After warm-up it falls: as half a cosine to 0
 * (Loshchilov & Hutter 2017), or by 10 after half and after three quarters of the
 * schedule's epochs (He et al. 2016, section 4.2).
 *
 * @param step from 0
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
