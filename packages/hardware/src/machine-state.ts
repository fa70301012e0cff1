import { readdirSync, readFileSync } from "node:fs";
import { controlGroupFolders } from "./control-group.ts";

/** The state of the system at a moment. A value that the system does not tell is null. */
export interface MachineState {
  /** The moment on the clock of `performance.now`, in milliseconds. */
  readonly atMs: number;
  /**
   * The processor time that was not idle since the system's start, over all cores, in
   * milliseconds.
   */
  readonly busyMs: number | null;
  /**
   * The processor time that a hypervisor gave to others since the system's start, over all
   * cores, in milliseconds.
   */
  readonly stolenMs: number | null;
  /** The load average of the last minute. */
  readonly load: number | null;
  /** The mean clock of the cores, in MHz. */
  readonly clockMHz: number | null;
  /** The temperature of the hottest zone, in degrees Celsius. */
  readonly temperatureC: number | null;
  /**
   * The number of times that a core or package was slowed for its heat since the system's
   * start.
   */
  readonly throttles: number | null;
  /**
   * The time that the control group and those around it had to wait for a quota, in
   * milliseconds.
   */
  readonly quotaWaitMs: number | null;
  /**
   * The energy that the processor's packages took, in joules, which starts again at a
   * limit of its own.
   */
  readonly energyJ: number | null;
}

/**
 * The length of a clock tick of /proc/stat, since USER_HZ is 100 on every architecture
 * that Node runs on.
 */
export const tickMs = 10;

const cpus = "/sys/devices/system/cpu";
const thermal = "/sys/class/thermal";
const powercap = "/sys/class/powercap";

/**
 * Makes a reader of the machine's state, and finds once and for all the files that
 * tell it. Each call of the reader reads what Linux tells in /proc and /sys, on two
 * cores in 0.3 ms; on other systems all values are null.
 */
export function machineReader(): () => MachineState {
  const cores = list(cpus).filter((name) => /^cpu\d+$/.test(name));
  const zones = list(thermal).filter((name) => name.startsWith("thermal_zone"));
  const packages = list(powercap).filter((name) => /^intel-rapl:\d+$/.test(name));
  const groups = controlGroupFolders(read("/proc/self/cgroup"));
  return () => {
    const { busyMs, stolenMs } = parseStat(read("/proc/stat"));
    return {
      atMs: performance.now(),
      busyMs,
      stolenMs,
      load: parseNumber(read("/proc/loadavg").split(" ")[0]),
      clockMHz: readClock(cores),
      temperatureC: readTemperature(zones),
      throttles: readThrottles(cores),
      quotaWaitMs: sumOf(groups.map((folder) => parseQuotaWait(read(`${folder}/cpu.stat`)))),
      energyJ: readEnergy(packages),
    };
  };
}

/**
 * Reads the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq,
 * steal, in ticks.
 */
export function parseStat(text: string): Pick<MachineState, "busyMs" | "stolenMs"> {
  const match = /^cpu\s+(.+?)\s*$/m.exec(text);
  if (!match) return { busyMs: null, stolenMs: null };
  const ticks = match[1]!.split(/\s+/).map(Number);
  if (!ticks.every((each) => each >= 0 && Number.isSafeInteger(each))) {
    return { busyMs: null, stolenMs: null };
  }
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = ticks;
  return { busyMs: (user + nice + system + irq + softIrq) * tickMs, stolenMs: steal * tickMs };
}

/** Reads `throttled_usec` of a control group's cpu.stat (version 2), in milliseconds. */
export function parseQuotaWait(text: string): number | null {
  const microseconds = parseNumber(/^throttled_usec (\d+)$/m.exec(text)?.[1]);
  return microseconds === null ? null : microseconds / 1000;
}

function readClock(cores: readonly string[]): number | null {
  const kilohertz = cores.map((core) => read(`${cpus}/${core}/cpufreq/scaling_cur_freq`));
  const scaled = meanOf(kilohertz.map(parseNumber));
  if (scaled !== null) return scaled / 1000;
  const megahertz = read("/proc/cpuinfo").matchAll(/^cpu MHz\s*:\s*([\d.]+)$/gm);
  return meanOf([...megahertz].map(([, text]) => parseNumber(text)));
}

function readTemperature(zones: readonly string[]): number | null {
  const millidegrees = known(zones.map((zone) => parseNumber(read(`${thermal}/${zone}/temp`))));
  return millidegrees.length === 0 ? null : Math.max(...millidegrees) / 1000;
}

function readThrottles(cores: readonly string[]): number | null {
  return sumOf(
    cores.flatMap((core) =>
      ["core", "package"].map((what) =>
        parseNumber(read(`${cpus}/${core}/thermal_throttle/${what}_throttle_count`)),
      ),
    ),
  );
}

function readEnergy(packages: readonly string[]): number | null {
  const microjoules = sumOf(
    packages.map((name) => parseNumber(read(`${powercap}/${name}/energy_uj`))),
  );
  return microjoules === null ? null : microjoules / 1e6;
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function parseNumber(text: string | undefined): number | null {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : null;
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** The sum of the values that are known, or null if none is. */
function sumOf(values: readonly (number | null)[]): number | null {
  const own = known(values);
  return own.length === 0 ? null : own.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const sum = sumOf(values);
  return sum === null ? null : sum / known(values).length;
}
