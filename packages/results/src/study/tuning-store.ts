import { join } from "node:path";
import type { MachineRecord } from "../machine/machine-record.ts";
import { rounded } from "../record/format-json.ts";
import { holdFile } from "../record/hold-file.ts";
import { isMissing, readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import {
  type Tuning,
  tuningKey,
  type TuningRecord,
  tuningRecord,
  tuningSchema,
} from "./tuning-record.ts";

/** The tunings of this machine, on disk and whole after every case. */
export interface TuningStore extends AsyncDisposable {
  /** The path of the tunings' file. */
  readonly path: string;
  /** What a person should know of the opening, or null. */
  readonly note: string | null;
  readonly record: TuningRecord;
  /** Writes a tuning, in the place of an earlier one of the same case. */
  put(tuning: Tuning): Promise<void>;
}

/** The path at which a folder keeps the tunings of a machine. */
export function tuningPath(directory: string, machineKey: string): string {
  return join(directory, `${machineKey}.json`);
}

/** The tunings of a machine, or null if nothing was tuned on it. */
export async function readTuning(
  directory: string,
  machineKey: string,
): Promise<TuningRecord | null> {
  const path = tuningPath(directory, machineKey);
  if (await isMissing(path)) return null;
  return readRecord(path, {
    schema: tuningRecord,
    version: tuningSchema,
    what: "a tuning",
    remedy: "name with --out the folder that `bench tune` wrote",
  });
}

/**
 * Goes on with the tunings of the machine, or starts anew. No other process can, until the store is
 * disposed of.
 */
export async function openTuning(directory: string, machine: MachineRecord): Promise<TuningStore> {
  const path = tuningPath(directory, machine.key);
  // What cannot be read is told before a lock is made beside it.
  await readTuning(directory, machine.key);
  const held = await holdFile(path, "tuning");
  let record: TuningRecord = (await readTuning(directory, machine.key)) ?? {
    schema: tuningSchema,
    machine,
    tunings: [],
  };
  await replaceFile(path, formatTuning(record));
  return {
    path,
    note: held.note,
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    get record() {
      return record;
    },
    async put(tuning) {
      const others = record.tunings.filter((each) => tuningKey(each) !== tuningKey(tuning));
      record = { ...record, tunings: [...others, tuning] };
      await replaceFile(path, formatTuning(record));
    },
  };
}

/** The record as JSON with a line for each case, its numbers rounded to 1e-6. */
function formatTuning({ tunings, ...head }: TuningRecord): string {
  const lines = tunings.map((tuning) => `    ${JSON.stringify(tuning, rounded)}`);
  const machine = JSON.stringify(head).slice(0, -1);
  return `${machine},\n  "tunings":[\n${lines.join(",\n")}\n  ]\n}\n`;
}
