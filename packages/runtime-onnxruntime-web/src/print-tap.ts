/**
 * Listens to what the engine's binary prints: its profiles come out there, and
 * are kept nowhere else.
 */
export interface PrintTap {
  /** What `start` gives, which starts the binary. What is printed meanwhile goes on its way. */
  attach<Result>(start: () => Promise<Result>): Promise<Result>;
  /** What the binary prints while `print` runs, and nobody else gets to see. */
  collect(print: () => void): string;
}
