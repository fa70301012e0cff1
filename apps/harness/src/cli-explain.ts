import type { Command } from "commander";
import { withEngines, withLowering } from "./cli-flags.ts";

export function addExplain(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("explain")
    .description("where the overhead of one case goes, by the engine's own profile")
    .requiredOption("--network <name>", "with SE, such as se-resnet50")
    .option("--runtime <id>", "such as onnxruntime-web/wasm", "onnxruntime-node/cpu")
    .option("--host <name>", "node, chromium, bun or deno (default: the runtime's first)")
    .option("--batch <size>", "images in one run", "1")
    .option("--size <pixels>", "height and width of the images")
    .option("--budget <seconds>", "time for the replicas (default: 60)")
    .option("--seed <number>", "seed of the weights and of the order of visits (default: 1)");
  withEngines(withLowering(command, "gemm"))
    .option("--out <folder>", "where explanation.json, explanation.html and explanation.md go")
    .option("--json", "print the record as JSON instead of a table")
    .action(async (flags) =>
      setExitCode(await (await import("./commands/explain.ts")).explain(flags)),
    );
}
