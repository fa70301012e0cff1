/**
 * The package as its users meet it: built, packed, and installed from npm's registry into an
 * empty folder, beside vitest.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { readResults } from "@sebench/results";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

const here = join(import.meta.dirname, "..");
const repository = join(here, "../..");

let folder: string;
let app: string;
/** The files in the tarball, and its size in bytes. */
let packed: { readonly files: readonly { readonly path: string }[]; readonly size: number };

/** A home without settings or caches, but with the user's registry and fetched engines. */
const environment = () => ({
  HOME: join(folder, "home"),
  SEBENCH_CACHE: defaultCacheDirectory(),
  npm_config_userconfig: process.env["npm_config_userconfig"] ?? join(homedir(), ".npmrc"),
  npm_config_cache: join(folder, "npm-cache"),
  // pnpm names the repository's own packages in it.
  NODE_PATH: "",
});

function run(command: string, ...args: readonly string[]) {
  return execa(command, args, { cwd: app, env: environment(), all: true, reject: false });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-package-"));
  app = join(folder, "app");
  await mkdir(join(folder, "home"));
  await mkdir(app);
  const inRepository = { cwd: here, reject: true } as const;
  await execa(process.execPath, ["--import", "tsx", "scripts/build.ts"], inRepository);
  const pack = ["pack", "./dist", "--json", "--pack-destination", folder];
  const { stdout } = await execa("npm", pack, inRepository);
  const described = JSON.parse(stdout) as Record<string, typeof packed>;
  packed = Object.values(described)[0]!;
  await writeFile(join(app, "package.json"), '{ "type": "module", "private": true }');
  const workspace = await readFile(join(repository, "pnpm-workspace.yaml"), "utf8");
  const { catalog } = parse(workspace) as { readonly catalog: Readonly<Record<string, string>> };
  const others = ["vitest", "@types/node"].map((name) => `${name}@${catalog[name]}`);
  const tarball = join(folder, "sebench-0.1.0.tgz");
  const installed = await run("npm", "install", "--no-audit", "--no-fund", tarball, ...others);
  if (installed.failed) throw new Error(`npm install failed: ${installed.all}`);
  await cp(join(here, "example"), app, { recursive: true });
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the tarball holds JavaScript and declarations, no golden files, and is small", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => /(?<!\.d)\.ts$|golden|\.map$/.test(path))).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining(["lib/sebench.js", "lib/job-process.js", "page/index.html", "LICENSE"]),
  );
  expect(packed.size).toBeLessThan(8e6);
});

test("nothing that compiles TypeScript is installed with it", () => {
  for (const name of ["tsx", "typescript", "onnxruntime-node"]) {
    expect(existsSync(join(app, "node_modules", name))).toBe(false);
  }
});

test("npx sebench measures, writes its reports, and tells a broken budget by its exit code", async () => {
  const budgets = [
    { runtime: "onnxruntime-node/cpu", network: "se-resnet8", maxLatencyMs: 1e-6 },
    { runtime: "onnxruntime-node/cpu", network: "se-resnet50", maxOverhead: 0.06 },
  ];
  await writeFile(join(app, "budgets.json"), JSON.stringify({ budgets }));
  const flags = ["--profile", "smoke", "--runtime", "onnxruntime-node/cpu", "--out", "out-smoke"];
  const { exitCode, stdout, all } = await run(
    "npx",
    "sebench",
    ...flags,
    "--config",
    "budgets.json",
    "--starts",
    "1",
  );
  expect(exitCode === 1 ? stdout : all).toContain(
    "budget broken: onnxruntime-node/cpu on node, se-resnet8",
  );
  expect(stdout).toContain("this run has no such case");
  expect(exitCode).toBe(1);
  const record = await readResults(join(app, "out-smoke"));
  expect(record.cases).toMatchObject([
    { status: "ok", network: "se-resnet8", start: { ok: true } },
  ]);
  expect(record.run.command).toMatch(/^npx sebench --profile smoke/);
  expect(await readFile(join(app, "out-smoke/report.html"), "utf8")).toContain('id="budgets"');
}, 120_000);

test("budgets in TypeScript are read by a Node that can, and else the error says what to do", async () => {
  const { exitCode, stderr } = await run("npx", "sebench", "--network", "no-such-network");
  const canRead = "typescript" in process.features && process.features.typescript;
  expect(stderr).toMatch(canRead ? /no-such-network/ : /sebench\.config\.json or \.js/);
  expect(exitCode).toBe(2);
}, 30_000);

test("bad input is told with the command's own name", async () => {
  const { exitCode, stderr } = await run("npx", "sebench", "compare", "no-such-run", "nor-this");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("npx sebench record");
  expect(stderr).not.toContain("pnpm");
}, 30_000);

test("the API is typed, and does what it says", async () => {
  const checked = await run(join(repository, "node_modules/.bin/tsc"), "-p", ".");
  expect(checked.all).toBe("");
  const { exitCode, stdout, all } = await run(process.execPath, "out/api.js", "out-smoke");
  expect(`${stdout}\n${exitCode === 0 ? "" : all}`.split("\n")).toEqual([
    expect.stringMatching(/^version 1\./),
    "runtimes 17 networks 42",
    expect.stringMatching(/^nodes \d+ gate-resize$/),
    "agrees true",
    "cases 1 true",
    "overhead true 2 true",
    "",
  ]);
}, 120_000);

test("the matcher works in a test of the user's", async () => {
  const { exitCode, all } = await run("npx", "vitest", "run", "cost.test.ts");
  expect(stripVTControlCharacters(all!)).toContain("Tests  1 passed");
  expect(exitCode).toBe(0);
}, 120_000);
