import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The directory in which sebench keeps what it can make or fetch again: $SEBENCH_CACHE,
 * or else `sebench` in the system's directory for caches.
 */
export function defaultCacheDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return environment.SEBENCH_CACHE || join(systemCache(environment, platform), "sebench");
}

/**
 * The system's directory for caches, where an empty variable counts as unset, as the XDG
 * specification asks.
 */
function systemCache(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  switch (platform) {
    case "darwin":
      return environment.XDG_CACHE_HOME || join(homedir(), "Library", "Caches");
    case "win32":
      return environment.LOCALAPPDATA || join(homedir(), "AppData", "Local");
    default:
      return environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  }
}
