import { visible } from "@sebench/spec";

/** Tells a person how things go, on stderr, beside what a command prints. */
export function say(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}
