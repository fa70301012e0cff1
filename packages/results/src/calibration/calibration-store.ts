import { join } from "node:path";
import type { MachineRecord } from "../machine/machine-record.ts";
import { rounded } from "../record/format-json.ts";
import { holdFile } from "../record/hold-file.ts";
import { isMissing, readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import {
  type CalibrationRecord,
  calibrationRecord,
  calibrationSchema,
  type CalibrationTrial,
  type SubjectCircumstances,
  subjectKey,
} from "./calibration-record.ts";

/** The calibrations of this machine, on disk and whole after every trial. */
export interface CalibrationStore extends AsyncDisposable {
  /** The path of the calibration's file. */
  readonly path: string;
  /** What a person should know of the opening, or null. */
  readonly note: string | null;
  readonly record: CalibrationRecord;
  append(circumstances: SubjectCircumstances, trial: CalibrationTrial): Promise<void>;
}

/** The path at which a folder keeps the calibration of a machine. */
export function calibrationPath(directory: string, machineKey: string): string {
  return join(directory, `${machineKey}.json`);
}

/** The calibration of a machine, or null if the machine was not calibrated. */
export async function readCalibration(
  directory: string,
  machineKey: string,
): Promise<CalibrationRecord | null> {
  const path = calibrationPath(directory, machineKey);
  if (await isMissing(path)) return null;
  return readRecord(path, {
    schema: calibrationRecord,
    version: calibrationSchema,
    what: "a calibration",
    remedy: "name with --out the folder that `bench calibrate` wrote",
  });
}

/**
 * Goes on with the machine's calibration, or starts one. No other process can, until the store is
 * disposed of.
 */
export async function openCalibration(
  directory: string,
  machine: MachineRecord,
): Promise<CalibrationStore> {
  const path = calibrationPath(directory, machine.key);
  // What cannot be read is told before a lock is made beside it.
  await readCalibration(directory, machine.key);
  const held = await holdFile(path, "calibration");
  let record: CalibrationRecord = (await readCalibration(directory, machine.key)) ?? {
    schema: calibrationSchema,
    machine,
    subjects: [],
  };
  let last = replaceFile(path, formatCalibration(record));
  await last;
  return {
    path,
    note: held.note,
    [Symbol.asyncDispose]: () => last.then(() => held[Symbol.asyncDispose]()),
    get record() {
      return record;
    },
    async append(circumstances, trial) {
      record = withTrial(record, circumstances, trial);
      const text = formatCalibration(record);
      // One text is written at a time, since two would write the same draft.
      const written = last.then(() => replaceFile(path, text));
      last = written.catch(() => {});
      await written;
    },
  };
}

function withTrial(
  record: CalibrationRecord,
  circumstances: SubjectCircumstances,
  trial: CalibrationTrial,
): CalibrationRecord {
  const { subjects } = record;
  const index = subjects.findIndex((each) => subjectKey(each) === subjectKey(circumstances));
  if (index < 0) {
    return { ...record, subjects: [...subjects, { ...circumstances, trials: [trial] }] };
  }
  const known = subjects[index]!;
  const extended = { ...known, trials: [...known.trials, trial] };
  return { ...record, subjects: subjects.with(index, extended) };
}

/**
 * The record as JSON with a line for each trial, its numbers rounded to 1e-6, a
 * ten-thousandth of a percent.
 */
function formatCalibration({ subjects, ...head }: CalibrationRecord): string {
  const blocks = subjects.map(({ trials, ...circumstances }) => {
    const lines = trials.map((trial) => `      ${JSON.stringify(trial, rounded)}`);
    const own = JSON.stringify(circumstances).slice(0, -1);
    return `    ${own},"trials":[\n${lines.join(",\n")}\n    ]}`;
  });
  const machine = JSON.stringify(head).slice(0, -1);
  return `${machine},\n  "subjects":[\n${blocks.join(",\n")}\n  ]\n}\n`;
}
