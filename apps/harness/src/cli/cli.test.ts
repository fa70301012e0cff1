import { spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultHosts, optionalHosts } from "@sebench/hosts/runtimes";
import { parseResults } from "@sebench/results";
import { beforeAll, describe, expect, it, test } from "vitest";
import { bench, benchHere, main, node } from "../testing/bench.ts";
import { buildCli } from "./cli.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-cli-"));
});

const smoke = ["run", "--profile", "smoke", "--runtime", "onnxruntime-node/cpu", "--budget", "1"];

test("the help of each command's --host names every host that it takes", () => {
  const helps = buildCli(() => {}).commands.flatMap((command) =>
    command.options
      .filter(({ long, description }) => long === "--host" && !description.includes("tuned"))
      .map(({ description }) => [command.name(), description] as const),
  );
  expect(helps.map(([name]) => name)).toEqual(expect.arrayContaining(["run", "bisect", "explain"]));
  // A device is a host of `bench serve` alone, which asks for no host.
  const hosts = [...defaultHosts, ...optionalHosts].filter((host) => host !== "device");
  for (const [command, help] of helps) {
    const missing = hosts.filter((host) => !help.includes(host.replace("webkitgtk", "webkit")));
    expect([command, missing]).toEqual([command, []]);
  }
});

describe("bad input is one clear error and exit code 2", () => {
  it.each([
    [
      ["run", "--network", "se-resnet51"],
      'there is no network "se-resnet51"',
      "did you mean se-resnet50",
    ],
    [["run", "--batch", "0"], '--batch is "0"', "whole number from 1"],
    [["run", "--network", "se-resnet50{r=0}"], '"0" is not a value of r', "1 to 1024"],
    [["run", "--nonsense"], "unknown option '--nonsense'", "--help"],
    [["run", "--browser", "/nowhere/chrome"], "/nowhere/chrome does not start", "--browser"],
    [["run", "--size", "700", "--runtime", "onnxruntime-node/cpu"], "700", "640"],
    [["run", "--out", join(main, "results")], "main.ts/results", "--out"],
    [["run", "--out", "/proc/nowhere/results"], "/proc/nowhere", "--out"],
    [["run", "--resume", "/nowhere"], "/nowhere", "results.json"],
    [["report", "/nowhere"], "/nowhere", "results.json"],
    [["export", "--network", "resnet20", "--out", "/nowhere/x.onnx"], "/nowhere/x.onnx", "--out"],
    [["export", "--network", "resnet20", "--out", "x.onnx", "--batch", "0"], "--batch", "from 1"],
    [
      ["export", "--network", "resnet20", "--out", "x", "--weights", "/nowhere"],
      "/nowhere",
      "--weights",
    ],
    [
      ["export", "--network", "resnet20", "--out", "x", "--layout", "timm"],
      "layout",
      "choose one of paper",
    ],
  ])("bench %j", async (args, cause, remedy) => {
    const { code, stderr } = await benchHere(...args);
    expect(stderr).toContain(cause);
    expect(stderr).toContain(remedy);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });
});

describe("bench export", () => {
  it("refuses weights that are truncated, lie, or do not fit", async () => {
    const file = join(folder, "bad.safetensors");
    const refusal = async (bytes: Uint8Array) => {
      await writeFile(file, bytes);
      const out = join(folder, "never.onnx");
      return benchHere("export", "--network", "resnet20", "--weights", file, "--out", out);
    };
    const header = (text: string) => {
      const bytes = new Uint8Array(8 + text.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
      bytes.set(new TextEncoder().encode(text), 8);
      return bytes;
    };
    const truncated = header('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}');
    expect(await refusal(new Uint8Array(3))).toMatchObject({ code: 2 });
    expect(await refusal(truncated)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("a"),
    });
    const empty = await refusal(header("{}"));
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining("conv1.weight") });
  });

  it("writes the same bytes again for the same seed", async () => {
    const files = [join(folder, "one.onnx"), join(folder, "two.onnx")];
    for (const out of files) await benchHere("export", "--network", "se-resnet20", "--out", out);
    const [one, two] = await Promise.all(files.map((file) => readFile(file)));
    expect(one!.length).toBeGreaterThan(1e6);
    expect(one!.equals(two!)).toBe(true);
  });
});

test("bench list --json has every network with its counts", async () => {
  const { stdout, code } = await benchHere("list", "--json");
  const { networks, runtimes } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(networks).toContainEqual(
    expect.objectContaining({ name: "se-resnet50", parameters: 28_088_024, imageSize: 224 }),
  );
  expect(runtimes).toContainEqual({
    id: "onnxruntime-node/cpu",
    hosts: ["node", "bun", "deno"],
    precisions: ["fp32", "int8"],
  });
});

test("bench paper marks what differs from the paper, and says why", async () => {
  const { stdout, code } = await benchHere("paper");
  expect(code).toBe(0);
  expect(stdout).toMatch(/3 {2}se-mobilenet-v1\{bias=false\} +MFLOPs +572 +571\.93\n/);
  expect(stdout).toMatch(
    /se-resnet50\{r=4,bias=false,.*\} +M parameters +35\.7 +35\.617 +−0\.083\n/,
  );
  expect(stdout).toContain("the paper's r=4, 8 and 32 are 0.1 M higher");
});

test("a set of networks is planned as the networks that it names", async () => {
  const runtime = ["--runtime", "onnxruntime-node/cpu", "--host", "node"];
  const lowering = ["--lowering", "gemm"];
  const asked = ["--network-set", "mobile", ...runtime, ...lowering];
  const { stdout } = await benchHere("plan", ...asked, "--json");
  const { include } = JSON.parse(stdout);
  expect(include).toEqual([
    expect.objectContaining({
      cases: 2,
      arguments: expect.stringContaining("--network-set mobile"),
    }),
  ]);
});

test("a set that there is not is refused, and the known ones are named", async () => {
  const { code, stderr } = await benchHere("plan", "--network-set", "papers");
  expect(code).toBe(2);
  expect(stderr).toContain('there is no set of networks "papers"');
  expect(stderr).toContain("choose from quick, paper, mobile");
});

test("a smoke run leaves a record and reports, and can be resumed", async () => {
  const out = join(folder, "smoke");
  const { code, stdout } = await bench(...smoke, "--out", out);
  expect(stdout).toContain("onnxruntime-node/cpu");
  expect(code).toBe(0);
  const record = parseResults(await readFile(join(out, "results.json"), "utf8"), "results.json");
  expect(record.run).toMatchObject({ profile: "smoke", interrupted: false });
  expect(record.cases).toMatchObject([
    {
      status: "ok",
      network: "se-resnet8",
      attestation: { device: "cpu", proven: true },
      parity: { plain: { pass: true }, se: { pass: true } },
    },
  ]);
  expect(await readFile(join(out, "report.html"), "utf8")).toContain("se-resnet8");
  expect(await readFile(join(out, "report.md"), "utf8")).toContain("se-resnet8");

  expect(await benchHere(...smoke, "--out", out)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--resume"),
  });
  expect(await benchHere(...smoke, "--resume", out, "--threads", "2")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("was started without --threads"),
  });
  expect(await benchHere(...smoke, "--resume", out, "--scenario", "offline")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("was started without --scenario"),
  });
  const resumed = await bench(...smoke, "--resume", out);
  expect(resumed.code).toBe(0);
  const again = parseResults(await readFile(join(out, "results.json"), "utf8"), "results.json");
  expect(again.cases).toEqual(record.cases);
});

test("a case over its time is a failed row with the remedy, and exit code 1", async () => {
  const out = join(folder, "slow");
  const args = ["--budget", "600", "--timeout", "3", "--json", "--out", out];
  const { code, stdout } = await bench(...smoke, ...args);
  expect(JSON.parse(stdout).cases).toMatchObject([
    {
      status: "failed",
      reason: expect.stringContaining("3 s"),
      remedy: expect.stringContaining("--timeout"),
    },
  ]);
  expect(code).toBe(1);
});

test("Ctrl-C leaves a whole record that says so, and exit code 130", async () => {
  const out = join(folder, "interrupted");
  const [command, ...first] = node as [string, ...string[]];
  const args = [...first, ...smoke, "--budget", "600", "--network", "resnet20,resnet32"];
  const child = spawn(command, [...args, "--out", out], {
    stdio: ["ignore", "pipe", "ignore"],
    // The cache of tsx is off, as on a first run, where nothing is compiled yet.
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
    detached: true,
  });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const started = async () => readFile(join(out, "results.json"), "utf8").catch(() => null);
  while ((await started()) === null) await new Promise((resolve) => setTimeout(resolve, 100));
  // The signal goes to the whole group, engines and compilers too, as a terminal sends it.
  process.kill(-child.pid!, "SIGINT");
  expect(await closed).toBe(130);
  const record = parseResults((await started())!, "results.json");
  expect(record.run.interrupted).toBe(true);
  expect(await readFile(join(out, "report.md"), "utf8")).toContain("nterrupted");
});
