/**
 * This program is preloaded with `--import`. It kills its process, as `kill -9` would,
 * when half of a text is appended to a file.
 */
import { type FileHandle, open } from "node:fs/promises";

const file = await open(process.execPath, "r");
const prototype = Object.getPrototypeOf(file) as FileHandle;
await file.close();

prototype.appendFile = async function appendHalf(this: FileHandle, data) {
  const text = String(data);
  await this.write(text.slice(0, text.length / 2));
  process.kill(process.pid, "SIGKILL");
};
