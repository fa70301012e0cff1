import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The memory of some processes together, in bytes. */
export interface ProcessMemory {
  /** The resident memory, in which what processes share counts once for each of them. */
  readonly residentBytes: number;
  /**
   * The proportional set size, in which a page that n processes share counts as an n-th of a page
   * for each, or null where the system does not tell it of one of them.
   */
  readonly proportionalBytes: number | null;
}

/** A process: its number, or the one that asks. */
export type ProcessId = number | "self";

/**
 * Reads the memory that processes have now, or gives null where the system tells of none of them,
 * as on any other than Linux. A process that has ended has none.
 */
export function readMemory(ids: readonly ProcessId[]): ProcessMemory | null {
  const resident = ids.flatMap((id) => readField(`/proc/${id}/status`, "VmRSS") ?? []);
  if (resident.length === 0) return null;
  const proportional = ids.map((id) => readField(`/proc/${id}/smaps_rollup`, "Pss"));
  // A sandbox keeps the maps of its processes from everybody but root.
  const isHidden = (id: ProcessId, at: number) =>
    proportional[at] === null && readField(`/proc/${id}/status`, "VmRSS") !== null;
  return {
    residentBytes: sum(resident),
    proportionalBytes: ids.some(isHidden) ? null : sum(proportional.map((bytes) => bytes ?? 0)),
  };
}

/**
 * Reads the most resident memory that each process has had since `resetPeaks`, and adds it up: the
 * processes together have had no more. It is null where the system tells of none.
 */
export function readPeaks(ids: readonly ProcessId[]): ProcessMemory | null {
  const peaks = ids.flatMap((id) => readField(`/proc/${id}/status`, "VmHWM") ?? []);
  return peaks.length === 0 ? null : { residentBytes: sum(peaks), proportionalBytes: null };
}

/** Resets the high-water marks of processes where the system allows it (proc(5), clear_refs). */
export function resetPeaks(ids: readonly ProcessId[]): void {
  for (const id of ids) {
    try {
      writeFileSync(`/proc/${id}/clear_refs`, "5");
    } catch {
      // The mark of a process that is another's, or has ended, stays as it is.
    }
  }
}

/** The processes of a group, such as a browser and all that it has started; Linux only. */
export function processesOfGroup(leader: number): readonly number[] {
  try {
    const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return ids.map(Number).filter((id) => groupOf(id) === leader);
  } catch {
    return [];
  }
}

/** The group of a process; the name before it in the file, in brackets, may hold anything. */
function groupOf(id: number): number | null {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return null;
  }
}

/** A field of a file of /proc that is in kilobytes, in bytes, or null where it is not there. */
function readField(file: string, field: string): number | null {
  try {
    return parseField(readFileSync(file, "utf8"), field);
  } catch {
    return null;
  }
}

/** A field such as `VmRSS:  12 kB`, in bytes, or null where the text has none. */
export function parseField(text: string, field: string): number | null {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text);
  return match ? Number(match[1]) * 1024 : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
