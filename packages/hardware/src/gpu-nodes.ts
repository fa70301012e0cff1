import { existsSync, readdirSync } from "node:fs";

/** Whether Linux shows a GPU to this process: nodes of NVIDIA's driver, of WSL, or of the kernel's for rendering. */
export function showsGpu(): boolean {
  return (
    existsSync("/dev/dxg") ||
    namesIn("/dev").some((name) => /^nvidia\d+$/.test(name)) ||
    namesIn("/dev/dri").some((name) => name.startsWith("renderD"))
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
