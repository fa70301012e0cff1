import { expect, test } from "vitest";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import {
  readExplainOptions,
  readSoakChoice,
  readStudyOptions,
  readTuneRequest,
  type SoakFlags,
  type StudyFlags,
} from "../flags/study-flags.ts";
import { type DocumentedCommand, documentedCommands } from "../testing/documented-commands.ts";
import { benchHere } from "../testing/bench.ts";
import { buildCli } from "./cli.ts";

const [asking, commands] = split(documentedCommands());

/** What a command reads its flags with, before it does anything. */
const readers: Readonly<Record<string, (flags: never) => unknown>> = {
  run: (flags: RunFlags) => readRunOptions(flags),
  calibrate: (flags: RunFlags) => readRunOptions(flags),
  bound: (flags: RunFlags) => readRunOptions(flags),
  plan: (flags: RunFlags) => readRunOptions({ ...flags, port: "0", fetch: true }),
  soak: (flags: SoakFlags) => readSoakChoice(flags),
  tune: (flags: RunFlags) => readTuneRequest(flags),
  explain: (flags: StudyFlags) => readExplainOptions(flags),
  excitations: (flags: StudyFlags) => readStudyOptions(flags),
};

test("README, docs and workflows have command lines of every kind", () => {
  expect(commands.length).toBeGreaterThan(60);
  const kinds = new Set(commands.map(({ arguments: [first = "run"] }) => first));
  expect([...kinds]).toEqual(expect.arrayContaining(["eval", "explain", "compare", "tune"]));
});

test.each(commands)("$file: $line", async ({ arguments: given }) => {
  let ran = "";
  const cli = buildCli(() => {});
  for (const command of cli.commands) {
    command.exitOverride().action(() => {
      ran = command.name();
      readers[ran]?.(command.opts() as never);
    });
  }
  await cli.parseAsync([...given], { from: "user" });
  expect(ran).not.toBe("");
});

/** Those that ask for help, which nothing but the command line answers, and the others. */
function split(all: readonly DocumentedCommand[]) {
  const asks = ({ arguments: given }: DocumentedCommand) => given.includes("--help");
  return [all.filter(asks), all.filter((command) => !asks(command))] as const;
}

test.each(asking)("$file: $line", async ({ arguments: given }) => {
  expect(await benchHere(...given)).toMatchObject({ code: 0 });
});

test.each([["list"], ["list", "--json"], ["paper"], ["plan", "--shards", "4", "--json"]])(
  "bench %s answers",
  async (...given) => {
    expect(await benchHere(...given)).toMatchObject({ code: 0, stderr: "" });
  },
);
