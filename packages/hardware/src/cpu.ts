import os from "node:os";

/** The CPU as an engine's device, and the threads that the engine was asked for. */
export function describeCpu(threads: number | null) {
  return {
    name: os.cpus()[0]?.model ?? os.arch(),
    details: {
      architecture: os.arch(),
      cores: os.cpus().length,
      threads: threads ?? "the engine's default",
    },
  };
}
