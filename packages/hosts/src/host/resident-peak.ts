import { readFileSync, writeFileSync } from "node:fs";
import type { PeakMemory } from "@sebench/measure";

const status = "/proc/self/status";

/**
 * Watches how far this process's resident set rises between `start` and `stop`, at its peak, in
 * bytes. Linux lets a process reset its own high-water mark (proc(5), clear_refs); elsewhere `stop`
 * gives null.
 */
export function residentPeak(): PeakMemory {
  let before: number | null = null;
  return {
    start() {
      before = null;
      try {
        writeFileSync("/proc/self/clear_refs", "5");
        before = parseResident(readFileSync(status, "utf8"), "VmRSS");
      } catch {
        // The file cannot be written where the system is not Linux, or in a sandbox without /proc.
      }
    },
    stop() {
      if (before === null) return null;
      const peak = parseResident(readFileSync(status, "utf8"), "VmHWM");
      return peak === null ? null : Math.max(0, peak - before);
    },
  };
}

/** A field of /proc/self/status, in bytes. */
export function parseResident(text: string, field: "VmRSS" | "VmHWM"): number | null {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text);
  return match ? Number(match[1]) * 1024 : null;
}
