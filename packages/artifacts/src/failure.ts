import { InputError } from "@sebench/spec";

/** The innermost cause, which `fetch` hides behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}

/** What is wrong with the cache itself, which no other source would mend; null where it is not that. */
export function cacheFailure(error: unknown, cacheDirectory: string): InputError | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "connect") return null;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new InputError(`no space is left in the cache, ${cacheDirectory}`, {
        remedy: "free some there, or set SEBENCH_CACHE to a folder on another disk",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new InputError(`the cache, ${cacheDirectory}, cannot be written to`, {
        remedy: "set SEBENCH_CACHE to a folder that can be written to",
        cause: error,
      });
    default:
      return null;
  }
}
