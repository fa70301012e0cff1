import { Worker } from "node:worker_threads";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNumber, runCli } from "@sebench/cli";
import { InputError } from "@sebench/spec";
import { Command } from "commander";
import { type FoundFault, fuzz, kindsOf, openReaders, sharesOf } from "./fuzz.ts";

interface Flags {
  readonly inputs: string;
  readonly seed?: string;
  readonly reader?: string;
  readonly index?: string;
}

const cli = new Command("fuzz")
  .exitOverride()
  .description("Throw mutated inputs at everything that reads what others wrote.")
  .option("--inputs <count>", "the number of inputs over all readers", "100000")
  .option("--seed <number>", "makes the same inputs again; the default is another one each time")
  .option("--reader <name>", "only the readers whose names begin so, such as records/run")
  .option("--index <number>", "only the input of this number, which a fault was told of")
  .addHelpText("after", "\nExit codes: 0 no fault; 1 faults; 2 bad input.")
  .action(run);

async function run(flags: Flags): Promise<void> {
  const seed =
    flags.seed === undefined
      ? Math.floor(Math.random() * 2 ** 32)
      : readNumber("--seed", flags.seed, { from: 0, to: 2 ** 32 - 1 });
  const inputs = readNumber("--inputs", flags.inputs, { from: 1, to: 1e9 });
  const folder = mkdtempSync(join(tmpdir(), "sebench-fuzz-"));
  try {
    const readers = await openReaders(join(folder, "files"), flags.reader ?? null);
    if (readers.length === 0) {
      throw new InputError(`there is no reader ${flags.reader}`, {
        remedy: "leave --reader out to see every name",
      });
    }
    const only =
      flags.index === undefined ? null : readNumber("--index", flags.index, { from: 0, to: 1e9 });
    console.log(`seed ${seed}`);
    const onInput = watchHangs(readers.map(({ name }) => name));
    const began = performance.now();
    const faults: FoundFault[] = [];
    let all = 0;
    for (const [at, count] of sharesOf(readers, inputs).entries()) {
      const reader = readers[at]!;
      const range = only === null ? { first: 0, count } : { first: only, count: 1 };
      const own = await fuzz(reader, { seed, ...range, onInput });
      all += range.count;
      faults.push(...own);
      console.log(`${reader.name.padEnd(26)} ${range.count} inputs, ${own.length} faults`);
    }
    for (const { first, count } of kindsOf(faults)) tell(first, count, seed, folder);
    const perSecond = Math.round(all / ((performance.now() - began) / 1000));
    console.log(
      `${all} inputs, ${faults.length} faults, seed ${seed}, ${perSecond} inputs a second`,
    );
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    rmSync(process.exitCode === 1 ? join(folder, "files") : folder, {
      recursive: true,
      force: true,
    });
  }
}

/** Tells a kind of fault, with its smallest input, which is kept. */
function tell(fault: FoundFault, count: number, seed: number, folder: string): void {
  const { reader, index, what, place, error, input } = fault;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${reader.replaceAll(/\W+/g, "-")}-${index}`);
  writeFileSync(file, input);
  console.log(`
${reader}: ${what.slice(0, 300)}
  at ${place}, ${count} times; the smallest input has ${input.length} bytes: ${file}
  again: pnpm fuzz --reader ${reader} --seed ${seed} --index ${index}`);
  const stack = error?.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  for (const line of stack.slice(0, 4)) console.log(`  ${line.trim()}`);
}

/** The time after which an input counts as hung. */
const limitMs = 30_000;

/** The watching thread's program, as text, since tsx compiles no files for other threads. */
const program = `
const { writeSync } = require("node:fs");
const { names, at, limitMs } = require("node:worker_threads").workerData;
let seen = "";
let since = performance.now();
setInterval(() => {
  const now = at.join(" ");
  if (now !== seen) [seen, since] = [now, performance.now()];
  if (performance.now() - since < limitMs) return;
  writeSync(2, \`hung: \${names[at[0]]}, input \${at[1]}: no answer for \${limitMs / 1000} s\\n\`);
  process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/**
 * Watches from another thread, since a loop without end holds up this one, and ends the process
 * with a word on the input that hangs.
 */
function watchHangs(names: readonly string[]): (reader: string, index: number) => void {
  const at = new Int32Array(new SharedArrayBuffer(8));
  new Worker(program, { eval: true, workerData: { names, at, limitMs } }).unref();
  return (reader, index) => {
    at[0] = names.indexOf(reader);
    at[1] = index;
  };
}

await runCli(cli);
