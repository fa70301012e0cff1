import { InputError } from "@sebench/spec";
import { type Command, CommanderError } from "commander";

const badInput = 2;

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
  try {
    await (words === undefined ? cli.parseAsync() : cli.parseAsync(words, { from: "user" }));
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed its own message; help and version are not errors.
      process.exitCode = error.exitCode === 0 ? 0 : badInput;
    } else if (error instanceof InputError) {
      console.error(`error: ${error.message}`);
      if (error.remedy !== null) console.error(`       ${error.remedy}`);
      process.exitCode = badInput;
    } else {
      throw error;
    }
  }
}
