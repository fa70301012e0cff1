/** The caller's thread and those of the engine's pool, of which `busy` ones ran part of a kernel. */
export interface WorkingThreads {
  readonly pool: number;
  readonly busy: number;
}

/**
 * Why the engine did not compute with the threads that were asked for, or null where
 * it did. The threads seen at work are the proof: `env.wasm.numThreads` is only a
 * wish, and a page can have shared memory without a second thread.
 *
 * @param isolated whether the page is cross-origin isolated
 */
export function otherThreads(
  asked: number,
  { pool, busy }: WorkingThreads,
  isolated: boolean,
): string | null {
  if (pool !== asked) {
    const cause = isolated ? "" : ", as the page is not cross-origin isolated";
    return `${asked} threads were asked for, and the engine has ${pool}${cause}`;
  }
  return asked > 1 && busy === 1 ? "no thread but the caller's ran any part of a kernel" : null;
}
