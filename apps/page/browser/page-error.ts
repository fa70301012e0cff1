import { InputError } from "@sebench/spec";
import type { PageError } from "./page-api.ts";

export function toPageError(error: unknown): PageError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), remedy: null, stack: null };
  }
  const remedy = error instanceof InputError ? error.remedy : null;
  return { name: error.name, message: error.message, remedy, stack: error.stack ?? null };
}
