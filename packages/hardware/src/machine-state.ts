import { readdirSync, readFileSync } from "node:fs";
import { controlGroupFolders } from "./control-group.ts";

/** What the system says of itself at a moment. What it does not tell is null. */
export interface MachineState {
  /** On a clock of its own, in milliseconds. */
  readonly atMs: number;
  /** Processor time that was not idle since the start, over all cores, in milliseconds. */
  readonly busyMs: number | null;
  /** Processor time that a hypervisor gave to others, likewise. */
  readonly stolenMs: number | null;
  /** Load average of the last minute. */
  readonly load: number | null;
  /** Mean over the cores, in MHz. */
  readonly clockMHz: number | null;
  /** Of the hottest zone, in degrees Celsius. */
  readonly temperatureC: number | null;
  /** Times that a core or package was slowed for its heat since the start. */
  readonly throttles: number | null;
  /** Time that the control group and those around it had to wait for a quota, in milliseconds. */
  readonly quotaWaitMs: number | null;
  /** Energy that the packages took, in joules; starts again at a limit of its own. */
  readonly energyJ: number | null;
}

/** A clock tick of /proc/stat: USER_HZ is 100 on every architecture that Node runs on. */
export const tickMs = 10;

const cpus = "/sys/devices/system/cpu";
const thermal = "/sys/class/thermal";
const powercap = "/sys/class/powercap";

/**
 * Looks once where this machine tells what. Each call of the result reads what
 * Linux tells in /proc and /sys, on two cores in 0.3 ms; elsewhere all is null.
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

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, in ticks. */
export function parseStat(text: string): Pick<MachineState, "busyMs" | "stolenMs"> {
  const match = /^cpu\s+(.+)$/m.exec(text);
  if (!match) return { busyMs: null, stolenMs: null };
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = match[1]!
    .split(/\s+/)
    .map(Number);
  return { busyMs: (user + nice + system + irq + softIrq) * tickMs, stolenMs: steal * tickMs };
}

/** `throttled_usec` of a control group's cpu.stat (version 2). */
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
  return Number.isNaN(value) ? null : value;
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** Null where none is known. */
function sumOf(values: readonly (number | null)[]): number | null {
  const own = known(values);
  return own.length === 0 ? null : own.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const sum = sumOf(values);
  return sum === null ? null : sum / known(values).length;
}
