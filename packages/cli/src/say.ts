/** Tells a person how things go, beside what a command prints. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
