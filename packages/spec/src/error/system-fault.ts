import { InputError } from "./input-error.ts";

/** What was done when the system refused, in words for a person. */
export interface Deed {
  /** What could not be done: `cannot write results/a/report.html`. */
  readonly what: string;
  /** The remedy where a disk is full, broken, or may not be written to. */
  readonly elsewhere: string;
}

const fullDisk = "no space is left on its disk";
const noRight = "it may not be written to";

/** What a person can be told of the system's error codes: the cause of what was refused. */
const causes: Readonly<Record<string, string>> = {
  ENOSPC: fullDisk,
  EDQUOT: "the quota of its disk is used up",
  EFBIG: "the file is larger than its disk or a limit (ulimit -f) allows",
  EIO: "its disk, or the terminal, answers with an error (EIO)",
  EROFS: "its disk is read-only",
  EACCES: noRight,
  EPERM: noRight,
  ENOTDIR: "a part of its path is a file",
  EISDIR: "it is a folder",
  ELOOP: "its path is a circle of links",
  ENAMETOOLONG: "its path is too long",
  EBADF: "the output was closed",
};

/** The codes of a process that may open no more files, and of a system that may not. */
const tooManyFiles = new Set(["EMFILE", "ENFILE"]);

/**
 * Tells an error of the system in words: what failed, why, and what mends it. Gives null where
 * neither the error nor its causes are the system's.
 */
export function systemFault(error: unknown, { what, elsewhere }: Deed): InputError | null {
  const code = systemCode(error);
  if (code === null) return null;
  if (tooManyFiles.has(code)) {
    return new InputError(`${what}: too many files are open (${code})`, {
      remedy: "allow more with `ulimit -n 4096`, in a new shell if this one refuses",
      cause: error,
    });
  }
  return new InputError(`${what}: ${causes[code]!}`, { remedy: elsewhere, cause: error });
}

/** The code of the system's error that an error is, or that caused it, or null where there is none. */
function systemCode(error: unknown, depth = 0): string | null {
  if (!(error instanceof Error) || depth > 8) return null;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string" && (code in causes || tooManyFiles.has(code))) return code;
  return systemCode(error.cause, depth + 1);
}
