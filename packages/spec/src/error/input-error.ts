/**
 * Reports an input that the person who gave it can put right. The message names
 * the cause; `remedy` says what to do, and names the flag if there is one.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly remedy: string | null;

  constructor(message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.remedy = options.remedy ?? null;
  }
}
