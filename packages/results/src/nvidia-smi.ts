import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Gpu } from "./machine-record.ts";

const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader,nounits"];

/** The NVIDIA GPUs, as the driver's own tool lists them; none where there is no such tool. */
export async function listNvidiaGpus(): Promise<Gpu[]> {
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: 10_000 });
    return parseNvidiaSmi(stdout);
  } catch {
    return [];
  }
}

/** Reads `name, driver, memory in MiB`, a line for each GPU. */
export function parseNvidiaSmi(text: string): Gpu[] {
  return text.split("\n").flatMap((line) => {
    const [name, driver, mebibytes] = line.split(",").map((cell) => cell.trim());
    if (!name || !driver) return [];
    const memory = Number.parseInt(mebibytes ?? "", 10);
    return [{ name, driver, memoryBytes: Number.isNaN(memory) ? null : memory * 2 ** 20 }];
  });
}
