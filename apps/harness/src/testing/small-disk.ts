import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A disk of its own for a test, which can be full or read-only; disposing unmounts it. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Lets nothing be written any more. */
  freeze(): Promise<void>;
}

/** Whether this process may mount disks; where it may not, the tests that need one are skipped. */
export const mayMount = await mountSmallDisk("64k").then(
  async (disk) => {
    await disk[Symbol.asyncDispose]();
    return true;
  },
  () => false,
);

/** @param size what tmpfs takes: `64k`, `8m` */
export async function mountSmallDisk(size: string): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), "disk-"));
  try {
    await execute("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
  } catch (error) {
    await rm(path, { recursive: true });
    throw error;
  }
  return {
    path,
    async freeze() {
      await execute("mount", ["-o", "remount,ro", path]);
    },
    async [Symbol.asyncDispose]() {
      await execute("umount", ["--lazy", path]);
      await rm(path, { recursive: true });
    },
  };
}
