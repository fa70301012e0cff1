import type { Command } from "commander";
import { withEngines, withSelection } from "./cli-flags.ts";

export function addTune(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("tune")
    .description("find the fastest way to write SE, stage by stage, on this machine");
  withEngines(withSelection(command))
    .option("--out <folder>", "where what was tuned lies (default: results/tuning)")
    .option("--json", "print the recipes and every race as JSON instead of a table")
    .addHelpText(
      "after",
      `
Needs --runtime and --network. --budget is the time for the search of one case (default: 120), and
more finds more. What is found replaces what was found before for the same case, and
\`bench run --lowering tuned\` and \`bench export --lowering tuned\` take it, from the default folder.`,
    )
    .action(async (flags) => setExitCode(await (await import("./commands/tune.ts")).tune(flags)));
}
