import { InputError } from "@sebench/spec";
import { CommanderError } from "commander";
import { buildCli } from "./cli.ts";

const badInput = 2;

const cli = buildCli((code) => {
  process.exitCode = code;
});

// A reader such as `head` may close the pipe before all is written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(process.exitCode ?? 0);
});

try {
  await cli.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has printed its own message; help and version are not errors.
    process.exitCode = error.exitCode === 0 ? 0 : badInput;
  } else if (error instanceof InputError) {
    console.error(`error: ${error.message}`);
    if (error.remedy !== null) console.error(`       ${error.remedy}`);
    process.exitCode = badInput;
  } else {
    throw error;
  }
}
