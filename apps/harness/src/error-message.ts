import { InputError } from "@sebench/spec";
import type { ErrorMessage } from "./job.ts";

export function describeError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), remedy: null, stack: null };
  }
  return {
    name: error.name,
    message: error.message,
    remedy: error instanceof InputError ? error.remedy : null,
    stack: error.stack ?? null,
  };
}
