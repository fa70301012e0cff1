import { InputError } from "@sebench/spec";
import type { Missing } from "@sebench/web-device";

const reinstall = "reinstall onnxruntime-web: npx -y pnpm@10.34.9 install --force";

/** onnxruntime-web wraps what went wrong in words that say nothing. */
const wrapped = /^no available backend found\. ERR: \[\w+\] (?:Type)?(?:Error: )?/;

/** So ends the start of a binary that cannot be had, or that is no WebAssembly. */
const aborted = /^RuntimeError: Aborted\((.*)\)\. Build with -sASSERTIONS/s;

/** @param file The engine's binary. */
export function explainStart(error: unknown, file: string): Missing {
  if (error instanceof InputError && error.remedy !== null) {
    return { reason: error.message, remedy: error.remedy };
  }
  const message = (error instanceof Error ? error.message : String(error)).replace(wrapped, "");
  const cause = aborted.exec(message)?.[1];
  if (cause !== undefined) {
    return { reason: `${file} cannot be loaded, or is damaged: ${cause}`, remedy: reinstall };
  }
  if (message.includes(".mjs")) return { reason: message, remedy: reinstall };
  return { reason: message, remedy: "try another browser with --browser PATH" };
}
