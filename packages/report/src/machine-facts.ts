import type { MachineRecord } from "@sebench/results";
import { formatBytes } from "./format.ts";

/** What a reader needs to tell this machine from another. */
export function machineFacts(machine: MachineRecord): (readonly [string, string])[] {
  const { os, cpu, memory, gpus } = machine;
  const cores = cpu.physicalCores === null ? "" : `, ${cpu.physicalCores} physical`;
  const limit = cpu.coreLimit === null ? "" : `, limited to ${cpu.coreLimit}`;
  const memoryLimit =
    memory.limitBytes === null ? "" : `, limited to ${formatBytes(memory.limitBytes)}`;
  const listed = gpus.map(({ name, driver, memoryBytes }) =>
    [name, ...(memoryBytes === null ? [] : [formatBytes(memoryBytes)]), `driver ${driver}`].join(
      ", ",
    ),
  );
  return [
    ["CPU", cpu.model],
    ["Cores", `${cpu.logicalCores} logical${cores}, ${cpu.usableCores} usable${limit}`],
    ["Extensions", cpu.flags.join(", ") || "unknown"],
    ["Clock", cpu.governor ?? "governor unknown"],
    ["Memory", `${formatBytes(memory.totalBytes)}${memoryLimit}`],
    ["GPU", listed.join("; ") || "none listed by nvidia-smi"],
    ["System", `${os.name}, ${os.platform} ${os.kernel}, ${os.architecture}`],
    ["Container", machine.container ?? "no hint of one"],
    ["Node", machine.node],
    ["Key", machine.key],
  ];
}
