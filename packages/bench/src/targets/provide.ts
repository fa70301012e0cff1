import { defaultCacheDirectory, type Provision } from "@sebench/artifacts";
import type { Target } from "@sebench/hosts";
import type { RuntimeId } from "@sebench/runtime";

export interface ProvideOptions {
  /** Receives the progress, a line at a time, in words for a person. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
  /** The folder of fetched things. The default is the user's. */
  readonly cacheDirectory?: string;
}

/** Runtimes whose needs could not be fetched, and why. */
export interface NotProvided {
  readonly runtimes: readonly string[];
  readonly reason: string;
}

/**
 * Fetches what the targets need and this machine lacks. A fetch that fails
 * breaks nothing: the runtime's own probe then says what it misses.
 */
export async function provide(
  provisions: readonly Provision[],
  targets: readonly Target[],
  { onProgress, signal, cacheDirectory = defaultCacheDirectory() }: ProvideOptions,
): Promise<NotProvided[]> {
  const wanted = new Set<RuntimeId>(targets.map(({ runtime }) => runtime));
  const failures: NotProvided[] = [];
  for (const { name, runtimes, missing, fetch } of provisions) {
    if (!runtimes.some((id) => wanted.has(id as RuntimeId))) continue;
    try {
      const what = await missing(cacheDirectory);
      if (what === null) continue;
      onProgress(`fetching ${name}: ${what}`);
      await fetch({ cacheDirectory, onProgress: (line) => onProgress(`  ${line}`), signal });
    } catch (error) {
      signal.throwIfAborted();
      const reason = `${name} could not be fetched: ${(error as Error).message}`;
      onProgress(reason);
      failures.push({ runtimes, reason });
    }
  }
  return failures;
}
