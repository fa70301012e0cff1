import {
  type CalibrationRecord,
  type CalibrationSubject,
  type CalibrationSummary,
  defaultThreshold,
  falseAlarmsOfSuites,
  fewestTrials,
  type Share,
  summarizeCalibration,
  trialsOf,
} from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { percent } from "./case/certainty.ts";
import { formatChange, formatShare } from "./text/format.ts";

/** The text of a calibration for a terminal. */
export function calibrationTable(record: CalibrationRecord): string {
  const blocks = record.subjects.map((subject) =>
    [oneLine(titleOf(subject)), ...linesOf(subject).map((line) => `  ${line}`)].join("\n"),
  );
  const suites = falseAlarmsOfSuites(record.subjects);
  const gate =
    suites === null
      ? []
      : [
          `Gate, threshold ${formatShare(defaultThreshold)}: a false alarm in ${shareText(suites)} suites of ${record.subjects.length} unchanged cases, drawn from these trials.`,
        ];
  return [...blocks, ...gate, ""].join("\n\n");
}

function titleOf({ id, seconds, engineVersion, threads }: CalibrationSubject): string {
  const asked = threads === null ? "" : `, --threads ${threads}`;
  return `${id}, ${seconds} s a run, version ${engineVersion}${asked}`;
}

function linesOf(subject: CalibrationSubject): string[] {
  const summary = summarizeCalibration(subject);
  if (summary === null) {
    const count = trialsOf(subject, 0).length;
    return [`${count} trials without a slowdown: too few to say anything (${fewestTrials})`];
  }
  return [...unslowedLines(summary), ...slowedLines(summary)];
}

function unslowedLines(summary: CalibrationSummary): string[] {
  const { size, shares, noiseFloor, covered, falseAlarms, smallestEffects } = summary;
  const effects = smallestEffects.map(
    ({ seconds, effect }) => `${percent(effect)} in ${seconds} s`,
  );
  return [
    `the network against itself: ${shareText(covered)} intervals cover 0`,
    `false alarms: ${shareText(falseAlarms)} pairs of runs`,
    `${size.replicas} replicas of ${Math.round(size.rounds)} rounds; of the variance of a replica, ${formatShare(shares.run)} is from run to run, ${formatShare(shares.replica)} from replica to replica, ${formatShare(shares.round)} within one`,
    `noise floor ${percent(noiseFloor)}: 95 % of the differences of two runs are smaller`,
    `found with 95 % power: ${effects.join(", ")}`,
  ];
}

function slowedLines({ slowdowns }: CalibrationSummary): string[] {
  return slowdowns.map(
    ({ slowdown, measured, interval, covered, found }) =>
      `slowed by ${percent(slowdown)}: measured ${interval === null ? percent(measured) : formatChange(1 + measured, [1 + interval[0], 1 + interval[1]])}, ${covered.count} of ${covered.of} intervals cover it, found ${found.count} of ${found.of} times`,
  );
}

/** The count and the share with its interval: `95 of 100 (95.0 % [88.8, 97.8])`. */
function shareText({ count, of, interval: [low, high] }: Share): string {
  const [one, other] = [low, high].map((each) => (100 * each).toFixed(1));
  return `${count} of ${of} (${formatShare(of === 0 ? 0 : count / of)} [${one}, ${other}])`;
}
