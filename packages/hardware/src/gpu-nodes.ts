import { existsSync, readdirSync } from "node:fs";

/**
 * Whether Linux shows a GPU to this process, by a node of NVIDIA's driver, of WSL, or of
 * the kernel for rendering.
 */
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
