import { runCli } from "@sebench/cli";
import { buildCli } from "./cli/cli.ts";

await runCli(
  buildCli((code) => {
    process.exitCode = code;
  }),
);
