import { InputError } from "./input-error.ts";

/** An error in a form that can leave a process or a page. */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly stack: string | null;
}

export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), remedy: null, stack: null };
  }
  const remedy = error instanceof InputError ? error.remedy : null;
  return { name: error.name, message: error.message, remedy, stack: error.stack ?? null };
}
