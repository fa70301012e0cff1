import { InputError } from "@sebench/spec";
import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { runCli } from "./run-cli.ts";

const hostile = "\u001B[2J\u202Eevil\u2066\nerror: forged\u0007";
const raw = /(?!\n)\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** What a command line says on stderr, and its exit code. */
async function saidBy(cli: Command, ...words: readonly string[]) {
  const said: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void said.push(line));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  await runCli(cli, words);
  return { said: said.join("\n"), lines: said, code: process.exitCode };
}

function failing(error: InputError): Command {
  return new Command().action(() => {
    throw error;
  });
}

test("an error quotes the words of others without what a terminal obeys, on one line", async () => {
  const { lines, code } = await saidBy(
    failing(new InputError(`no key ${hostile}`, { remedy: `rm 'a  b' ${hostile}` })),
  );
  expect(lines).toHaveLength(2);
  expect(lines.join("")).not.toMatch(raw);
  expect(lines.join("")).not.toContain("\n");
  expect(lines[1]).toContain("'a  b'");
  expect(code).toBe(2);
});

test("an error of many megabytes is cut, and says so", async () => {
  const { said } = await saidBy(failing(new InputError("x".repeat(9e6))));
  expect(said.length).toBeLessThan(3000);
  expect(said).toContain("characters more");
});

test("a wrong word is quoted without what a terminal obeys, in a command's own command too", async () => {
  const cli = new Command().exitOverride();
  cli.addCommand(new Command("run").exitOverride().action(() => {}));
  const { said, code } = await saidBy(cli, "run", `--${hostile}`);
  expect(said).toContain("unknown option");
  expect(said).not.toMatch(raw);
  expect(code).toBe(2);
});
