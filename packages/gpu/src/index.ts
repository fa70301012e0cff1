export { mappedLibraries, stemOf, versionOf } from "./mapped-libraries.ts";
export { listNvidiaGpus, type NvidiaGpu } from "./nvidia-smi.ts";
export { mayRoundToTf32 } from "./tf32.ts";
