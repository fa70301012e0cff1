export { controlGroupFolders, parseCpuMax } from "./control-group.ts";
export { describeCpu } from "./cpu.ts";
export { showsGpu } from "./gpu-nodes.ts";
export {
  type MachineState,
  machineReader,
  parseQuotaWait,
  parseStat,
  tickMs,
} from "./machine-state.ts";
export { mappedLibraries, parseMaps, stemOf, versionOf } from "./mapped-libraries.ts";
export {
  listNvidiaGpus,
  type NvidiaGpu,
  type NvidiaState,
  parseNvidiaSmi,
  parseNvidiaStates,
  readNvidiaStates,
} from "./nvidia-smi.ts";
export {
  parseField,
  processesOfGroup,
  type ProcessId,
  type ProcessMemory,
  readMemory,
  readPeaks,
  resetPeaks,
} from "./process-memory.ts";
export { threadTimeReader } from "./thread-time.ts";
export { mayRoundToTf32, unmetTf32Wish } from "./tf32.ts";
export { hasEnded, type ProcessIdentity, thisProcess } from "./process-identity.ts";
