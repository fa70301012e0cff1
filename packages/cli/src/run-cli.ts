import { briefly, InputError, visible } from "@sebench/spec";
import { type Command, CommanderError } from "commander";

const badInput = 2;

/** The characters of an error that are printed; a list of all runtimes has 500. */
const longestMessage = 2000;

/** A remedy, which may be a command to paste, with all of its blanks. */
function inOneLine(remedy: string): string {
  return visible(remedy.slice(0, 2 * longestMessage)).replaceAll("\n", " ");
}

/** Has commander quote the words of a command line without what a terminal would obey. */
function quoteVisibly(cli: Command): void {
  cli.configureOutput({ writeErr: (text) => process.stderr.write(visible(text)) });
  for (const command of cli.commands) quoteVisibly(command);
}

/**
 * Parses the command line and runs the command. Bad input is told in one line, and what to
 * do in another.
 *
 * @param words what follows the command's name; default: what this process was started with
 */
export async function runCli(cli: Command, words?: readonly string[]): Promise<void> {
  // A reader such as `head` may close the pipe before all is written.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? 0);
  });
  quoteVisibly(cli);
  try {
    await (words === undefined ? cli.parseAsync() : cli.parseAsync(words, { from: "user" }));
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed its own message; help and version are not errors.
      process.exitCode = error.exitCode === 0 ? 0 : badInput;
    } else if (error instanceof InputError) {
      // What it quotes may be somebody else's, of any length.
      console.error(`error: ${briefly(error.message, longestMessage)}`);
      if (error.remedy !== null) console.error(`       ${inOneLine(error.remedy)}`);
      process.exitCode = badInput;
    } else {
      throw error;
    }
  }
}
