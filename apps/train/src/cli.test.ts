import { expect, test } from "vitest";
import { buildCli } from "./cli.ts";

const parse = (...words: readonly string[]) => {
  const cli = buildCli(() => {});
  for (const each of [cli, ...cli.commands]) each.configureOutput({ writeErr() {} });
  return cli.parseAsync(words, { from: "user" });
};

test.each([
  ["flags alone train one network", ["--network", "se-resnet9"], 'no network "se-resnet9"'],
  ["run does likewise", ["run", "--network", "se-resnet9"], 'no network "se-resnet9"'],
  ["no flag at all names the missing one", [], "no network to train"],
  ["ablations has seeds", ["ablations", "--seeds", "none"], '--seeds is "none"'],
  ["ablation-table reads a folder", ["ablation-table", "/nowhere"], "cannot read /nowhere"],
  ["ablation-table wants one", ["ablation-table"], "missing required argument"],
  ["a flag of another command is refused", ["ablations", "--network", "resnet8"], "unknown option"],
  ["a wrong time to evaluate is refused", ["--evaluate", "never"], "each-epoch, last-epoch"],
])("%s", async (_what, words, message) => {
  await expect(parse(...words)).rejects.toThrow(message);
});
