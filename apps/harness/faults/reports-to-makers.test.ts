import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { node } from "../src/testing/bench.ts";

const isLinux = process.platform === "linux";
const hasStrace = isLinux && spawnSync("strace", ["-V"]).status === 0;
const hasBrowser = spawnSync(process.env["SEBENCH_BROWSER"] ?? "chromium", ["--version"]);
const engine = createRequire(
  fileURLToPath(import.meta.resolve("@sebench/runtime-onnxruntime-node")),
).resolve("onnxruntime-node");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-reports-"));
  for (const name of ["home", "cache", "tmp", "threads"]) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

/** The variables of a user whose home, cache and temporary folder are empty. */
function userOf(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { CI: _ci, GITHUB_ACTIONS: _actions, ORT_DISABLE_TELEMETRY: _off, ...others } = process.env;
  return {
    ...others,
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: join(folder, "cache"),
    TMPDIR: join(folder, "tmp"),
    ...variables,
  };
}

/** The files that the engine's telemetry leaves: its log, its session, its database. */
async function filesOfTelemetry(): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => /mat-debug|(^|\/)\.ses$|\.onnxruntime(\/|$)/.test(file));
}

/**
 * A module that is loaded before a process's own. It writes down, under the process's id, the number
 * of threads that the process has most of the time while the engine is in its memory. Node's own
 * threads come and go besides.
 */
const countThreads = `
  import fs from "node:fs";
  const times = new Map();
  setInterval(() => {
    if (!fs.readFileSync("/proc/self/maps", "utf8").includes("libonnxruntime.so")) return;
    const count = fs.readdirSync("/proc/self/task").length;
    times.set(count, (times.get(count) ?? 0) + 1);
    const [most] = [...times].sort((one, other) => other[1] - one[1])[0];
    fs.writeFileSync(process.env.THREADS_SEEN + "/" + process.pid, String(most));
  }, 20).unref();`;

const smoke = [
  "run",
  "--profile",
  "smoke",
  "--network",
  "se-resnet8",
  "--size",
  "28",
  "--no-fetch",
];

/** The usual number of threads of a process that measures on onnxruntime-node. */
async function threadsOf(out: string, variables: Readonly<Record<string, string>>) {
  const seen = await mkdtemp(join(folder, "threads", out));
  const [command, ...first] = node as [string, ...string[]];
  const asked = [...smoke, "--runtime", "onnxruntime-node/cpu", "--out", join(folder, out)];
  const preload = `--import=data:text/javascript,${encodeURIComponent(countThreads)}`;
  const env = userOf({ ...variables, THREADS_SEEN: seen, NODE_OPTIONS: preload });
  await promisify(execFile)(command, [...first, ...asked], { env });
  const counts = await Promise.all(
    (await readdir(seen)).map(async (pid) => Number(await readFile(join(seen, pid), "utf8"))),
  );
  return Math.max(...counts);
}

const readCase = async (out: string) =>
  JSON.parse(await readFile(join(folder, out, "results.json"), "utf8")).cases as {
    readonly status: string;
    readonly hostStart: { readonly quiet: readonly string[] };
  }[];

test.runIf(isLinux)(
  "the engine's telemetry is off, on a desk as in CI, and the record says so",
  // On a busy machine the few looks at a short process may find most of them while it starts.
  { retry: 2 },
  async () => {
    const onDesk = await threadsOf("desk", {});
    expect(await filesOfTelemetry()).toEqual([]);
    expect(await threadsOf("ci", { CI: "true", GITHUB_ACTIONS: "true" })).toBe(onDesk);
    const [measured] = await readCase("desk");
    expect(measured).toMatchObject({ status: "ok" });
    expect(measured!.hostStart.quiet).toContain("ORT_DISABLE_TELEMETRY=1");
  },
);

test.runIf(isLinux)("the engine by itself leaves the files that the test looks for", async () => {
  const load = `require(${JSON.stringify(engine)}).InferenceSession.create(new Uint8Array(3)).catch(() => {})`;
  await promisify(execFile)(process.execPath, ["--eval", load], { env: userOf({}) });
  expect(await filesOfTelemetry()).not.toEqual([]);
});

/** The connections to other machines that a trace of a program's system calls tells of. */
function connectionsIn(trace: string): string[] {
  const lines = trace.split("\n").filter((line) => /connect\(.*AF_INET6?/.test(line));
  return lines.filter(
    (line) =>
      !/"127\.|"::1"/.test(line) &&
      // Chromium asks the kernel so whether there is a route by IPv6, and sends nothing.
      !/sin6_port=htons\(443\).*"2001:4860:4860::8888"/.test(line),
  );
}

test.runIf(hasStrace && hasBrowser.status === 0)(
  "nothing that measures reaches for another machine, nor asks for its name",
  async () => {
    const trace = join(folder, "trace");
    const asked = [...smoke, "--runtime", "onnxruntime-node/cpu,onnxruntime-web/wasm"];
    await promisify(execFile)(
      "strace",
      ["-f", "-qq", "-e", "trace=connect", "-o", trace, ...node, ...asked, "--out", folder],
      { env: userOf({}) },
    );
    const cases = await readCase(".");
    expect(cases.map(({ status }) => status)).toEqual(cases.map(() => "ok"));
    expect(connectionsIn(await readFile(trace, "utf8"))).toEqual([]);
  },
);
