import type { TerminalOptions } from "@sebench/report";

/**
 * As the terminal is that a command prints to.
 *
 * @param width of what is no terminal, in characters
 */
export function terminalOptions(width = 120): TerminalOptions {
  const { isTTY, columns } = process.stdout;
  return {
    color: Boolean(isTTY) && !process.env["NO_COLOR"],
    width: columns ?? width,
  };
}
