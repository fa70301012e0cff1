import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ProfileRecording } from "@sebench/onnxruntime";

/**
 * In Node a profile goes to a file whose name the engine completes with the
 * time, and does not tell: so it gets a fresh folder, where it is the only file.
 */
export async function recordProfile(): Promise<ProfileRecording> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "sebench-profile-"));
  return {
    options: { enableProfiling: true, profileFilePrefix: path.join(folder, "profile") },
    async finish(session) {
      session.endProfiling();
      const [file] = await readdir(folder);
      if (file === undefined) throw new Error("onnxruntime-node wrote no profile");
      return readFile(path.join(folder, file), "utf8");
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
