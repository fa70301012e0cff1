import { profileNames, profiles } from "@sebench/bench/profiles";
import type { Command } from "commander";
import {
  repeated,
  withCases,
  withEngines,
  withLowering,
  withModels,
  withPrefix,
  withSelection,
} from "./options.ts";

export function addRun(cli: Command, setExitCode: (code: number) => void): void {
  const purposes = profileNames.map((name) => `${name}: ${profiles[name].purpose}`).join("; ");
  const command = cli
    .command("run", { isDefault: true })
    .description(
      "measure pairs of networks, or models of your own, with and without SE (the default command)",
    )
    .option("--profile <name>", purposes);
  withEngines(withLowering(withModels(withSelection(command))))
    .option(
      "--weights <file>",
      "the .safetensors file of the member with SE, or the word seeded (default: trained weights for the pairs that have them, and seeded ones for the others)",
    )
    .option(
      "--plain-weights <file>",
      "the plain member's file (default: the tensors that both have, which are no trained network)",
    );
  withPrefix(command)
    .option(
      "--starts <count>",
      "fresh processes or browsers in which each member is started; 0 makes none (default: by profile)",
    )
    .option(
      "--scenario <names>",
      "measure each case as a server meets it, too: offline (the batch and the workers with the most images a second), server (the highest rate of requests that keeps --slo-ms)",
      repeated,
    )
    .option(
      "--slo-ms <ms>",
      "the highest latency that --scenario server allows, from arrival to answer",
    )
    .option("--percentile <name>", "the percentile that must keep it: p50, p90 (the default), p99")
    .option(
      "--workers <counts>",
      "the numbers of worker processes of a scenario (default: 1 to the number of cores, by doubling)",
      repeated,
    )
    .option("--scenario-budget <seconds>", "the time for one scenario of one case (default: 120)")
    .option("--shard <i/n>", "run only every n-th case, from the i-th on")
    .option("--out <folder>", "the folder for results.json, report.html and report.md")
    .option(
      "--config <file>",
      "budgets that cases must keep (default: sebench.config.ts, .js or .json in the working directory)",
    )
    .option(
      "--resume <folder>",
      "go on with the run in this folder: keep its good cases, seed, profile and budget",
    )
    .option("--json", "print the results as JSON instead of a table")
    .action(async (flags) => setExitCode(await (await import("../measuring/run.ts")).run(flags)));
}

export function addServe(cli: Command, setExitCode: (code: number) => void): void {
  const command = cli
    .command("serve")
    .description("measure in a browser on a phone or another computer, which opens a page")
    .option("--profile <name>", `the profile: ${profileNames.join(", ")} (default: quick)`);
  withLowering(withCases(command))
    .option("--threads <count>", "threads of CPU engines (default: the engine's own choice)")
    .option("--timeout <seconds>", "end a case after this time, and count it as failed")
    .option("--lan", "let other devices of the network open the page, and not this machine alone")
    .option("--https", "serve by https, with a certificate that is made at the start")
    .option("--cert <file>", "the certificate for https, in PEM, such as mkcert's; with --key")
    .option("--key <file>", "the certificate's private key, in PEM")
    .option("--public-url <url>", "the address of your own tunnel to this server")
    .option("--port <number>", "the port of the server; 0 takes any", "0")
    .option("--out <folder>", "the folder for results.json, report.html and report.md")
    .option("--resume <folder>", "go on with the run of this device in this folder")
    .option("--json", "print the results as JSON instead of a table")
    .addHelpText("after", serveHelp)
    .action(async (flags) =>
      setExitCode(await (await import("../device/serve.ts")).serve({ fetch: false, ...flags })),
    );
}

const serveHelp = `
Without --lan the page is for this machine, and for an Android device on USB by adb reverse, which is
printed. By plain http on another machine pages have no threads, no WebGPU and a coarse clock; --https
brings them back. The results stay on this machine, and are marked with the device's own description.`;
