/** What a browser lacks. */
export interface Missing {
  readonly reason: string;
  /** What a person can do about it, in one line. */
  readonly remedy: string;
}
