import { briefly, InputError, systemFault, visible } from "@sebench/spec";
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
 * do in another, and so is a system that refuses: a full disk, or too many open files.
 *
 * @param words what follows the command's name; default: what this process was started with
 */
export async function runCli(cli: Command, words?: readonly string[]): Promise<void> {
  const onOutput = (error: NodeJS.ErrnoException) => endAtOutput(error);
  process.stdout.on("error", onOutput);
  process.stderr.on("error", ignore);
  process.on("uncaughtException", endAtFault);
  quoteVisibly(cli);
  try {
    await (words === undefined ? cli.parseAsync() : cli.parseAsync(words, { from: "user" }));
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
  // A command line in a process of its own keeps them for what is still being written.
  if (words === undefined) return;
  process.stdout.off("error", onOutput);
  process.stderr.off("error", ignore);
  process.off("uncaughtException", endAtFault);
}

/** What is told on stderr is beside the work, so a stderr that is closed or full ends nothing. */
function ignore(): void {}

/** Ends the process where what it prints cannot be written. */
function endAtOutput(error: NodeJS.ErrnoException): never {
  // A reader such as `head` may close the pipe before all is written.
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  tell(
    systemFault(error, {
      what: "cannot write to stdout",
      elsewhere: "free the disk that stdout goes to, or send it elsewhere",
    }) ?? new InputError(`cannot write to stdout: ${error.message}`, { cause: error }),
  );
  process.exit(process.exitCode || badInput);
}

/** Tells of an error that no code awaits, as that of a program that cannot be started. */
function endAtFault(error: unknown): never {
  try {
    process.exit(exitCodeOf(error));
  } catch {
    console.error(error);
    process.exit(1);
  }
}

/** Tells of an error and gives the exit code for it; one that is a mistake of ours is thrown on. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // commander has printed its own message; help and version are not errors.
    return error.exitCode === 0 ? 0 : badInput;
  }
  const told = error instanceof InputError ? error : faultOf(error);
  if (told === null) throw error;
  tell(told);
  return badInput;
}

function tell(error: InputError): void {
  for (const line of errorLines(error)) console.error(line);
}

/** The lines in which a person is told of an error, and of its remedy if it has one. */
export function errorLines({ message, remedy }: InputError): string[] {
  // What it quotes may be somebody else's, of any length.
  const told = `error: ${briefly(message, longestMessage)}`;
  return remedy === null ? [told] : [told, `       ${inOneLine(remedy)}`];
}

/** An error of the system in words, with the path that the error names. */
function faultOf(error: unknown): InputError | null {
  const { path, syscall } = error as NodeJS.ErrnoException;
  const what = [syscall ?? "a file or a program", path].filter((word) => word !== undefined);
  return systemFault(error, {
    what: `the system refuses ${what.join(" ")}`,
    elsewhere: "free the disk, or give the right to use it",
  });
}
