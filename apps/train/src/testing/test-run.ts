import type { LoggedRun, Outcome } from "../ablations/logged-run.ts";
import type { LogEntry } from "../training/log.ts";
import { defaultSettings, type TrainingSettings } from "../training/settings.ts";

/** The settings that the command line has for the ablations. */
export const ablationSettings: TrainingSettings = {
  ...defaultSettings,
  network: "se-resnet8",
  epochs: 4,
  scheduleEpochs: 4,
  imageSize: 28,
  subset: 6400,
  batch: 64,
  rate: 0.05,
  evaluate: "last-epoch",
};

/** The first entry of a run's log. */
export function startEntry(of: Partial<TrainingSettings> = {}): LogEntry {
  return {
    kind: "start",
    schema: "sebench-training/1",
    time: "2026-01-01T00:00:00.000Z",
    settings: { ...ablationSettings, ...of },
    parameters: 78_042,
    stepsPerEpoch: 100,
    version: "tfjs-node 4.22.0, libtensorflow 2.9.1",
    machine: "a CPU, 2 cores",
  };
}

/** The entry of an epoch that recognised `correct` of 10,000 test images, or did not run them where that is null. */
export function epochEntry(epoch: number, correct: number | null): LogEntry {
  const test = correct === null ? null : { images: 10_000, correct, top1: correct / 10_000 };
  return { kind: "epoch", epoch, loss: 0.5, trainTop1: 0.8, test, seconds: 20 };
}

/** The text of a log with these entries. */
export function logText(entries: readonly LogEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** A run of the ablations with an outcome. */
export function runOf(outcome: Outcome, of: Partial<TrainingSettings>): LoggedRun {
  const settings = { ...ablationSettings, ...of };
  return { settings, stepsPerEpoch: 100, outcome, removed: true };
}

/** Complete runs of a network with seeds from 1 on, of which each had so many of 10,000 test images wrong. There is no run where the number is null. */
export function runsOf(network: string, ...wrong: readonly (number | null)[]): LoggedRun[] {
  return wrong.flatMap((count, index) => {
    if (count === null) return [];
    const correct = 10_000 - count;
    const test = { images: 10_000, correct, top1: correct / 10_000 };
    return [runOf({ kind: "trained", test }, { network, seed: index + 1 })];
  });
}
