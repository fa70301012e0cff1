import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const actionFolder = join(repository, ".github/actions/sebench");

/** Reads a file of the action. */
export const read = (name: string) => readFileSync(join(actionFolder, name), "utf8");
export const action = parse(read("action.yml")) as Action;

/**
 * Runs the action's own commands as a runner would, with the environment that the action gives
 * them. What other actions do is left out.
 */
export async function runActionIn(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  path = process.env["PATH"]!,
) {
  const folder = await mkdtemp(join(tmpdir(), "sebench-runner-"));
  const [outputFile, summaryFile] = [join(folder, "output"), join(folder, "summary")];
  await Promise.all([outputFile, summaryFile].map((file) => writeFile(file, "")));
  const outputs = async () => readOutputs(await readFile(outputFile, "utf8"));
  let [code, log] = [0, ""];
  for (const { run, env = {} } of action.runs.steps) {
    if (run === undefined || code !== 0) continue;
    const known = await outputs();
    const given = Object.entries(env).map(([name, text]) => [name, evaluate(text, inputs, known)]);
    const result = await bash(run, workspace, {
      ...process.env,
      CI: "true",
      PATH: path,
      GITHUB_ACTION_PATH: actionFolder,
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_HEAD_REF: "",
      GITHUB_REF_NAME: "main",
      ...Object.fromEntries(given),
    });
    code = result.code;
    log += result.log;
  }
  return { code, log, outputs: await outputs(), summary: await readFile(summaryFile, "utf8") };
}

/** The value of an expression of action.yml, which is an input or an output of the step `bench`. */
function evaluate(
  text: string,
  inputs: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>>,
): string {
  return text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const [, input] = /^inputs\.([\w-]+)$/.exec(expression) ?? [];
    if (input !== undefined) return inputs[input] ?? action.inputs[input]!.default;
    return outputs[/^steps\.bench\.outputs\.([\w-]+)$/.exec(expression)![1]!] ?? "";
  });
}

/** Reads outputs that are written as `name<<end`, the value's lines, and `end`. */
function readOutputs(text: string): Record<string, string> {
  const blocks = text.matchAll(/^([\w-]+)<<(.+)\n([^]*?)\n?\2$/gm);
  return Object.fromEntries([...blocks].map(([, name, , value]) => [name, value]));
}

/** Runs a script as GitHub runs `shell: bash`. */
function bash(
  script: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; log: string }> {
  const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
  return new Promise((resolve) => {
    execFile("bash", args, { env, cwd }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, log: stdout + stderr });
    });
  });
}
