/**
 * The cores that a control group may take, or null if it is not limited, from its
 * `cpu.max` (version 2): quota and period in microseconds, `200000 100000` for two cores.
 */
export function parseCpuMax(text: string): number | null {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  const cores = (quota ?? 0) / (period ?? 0);
  return cores > 0 && Number.isFinite(cores) ? cores : null;
}

/**
 * The folders that may hold a control group's limits, innermost first: that of the
 * group that /proc/self/cgroup names (`0::/user.slice/session`) and those around it.
 */
export function controlGroupFolders(text: string): string[] {
  const path = /^0::(\/.*)$/m.exec(text)?.[1] ?? "/";
  const parts = path.split("/").filter((part) => part !== "");
  return parts
    .map((_, index) => `/sys/fs/cgroup/${parts.slice(0, parts.length - index).join("/")}`)
    .concat("/sys/fs/cgroup");
}
