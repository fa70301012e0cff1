import { runCli } from "@sebench/cli";
import { buildCli } from "./cli.ts";

await runCli(
  buildCli((code) => {
    process.exitCode = code;
  }),
);
