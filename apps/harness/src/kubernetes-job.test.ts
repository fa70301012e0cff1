import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

interface Job {
  readonly completionMode: string;
  readonly completions: number;
  readonly parallelism: number;
  readonly backoffLimitPerIndex: number;
  readonly podFailurePolicy: {
    readonly rules: readonly {
      readonly action: string;
      readonly onExitCodes?: { readonly containerName: string; readonly values: number[] };
    }[];
  };
  readonly template: {
    readonly spec: {
      readonly restartPolicy: string;
      readonly volumes: readonly {
        readonly name: string;
        readonly persistentVolumeClaim?: { readonly claimName: string };
      }[];
      readonly containers: readonly [Container];
    };
  };
}

interface Container {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly args: readonly [string];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly resources: Readonly<Record<"requests" | "limits", { readonly cpu: string }>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

const read = (name: string) => {
  const path = fileURLToPath(new URL(`../../../docs/kubernetes/${name}`, import.meta.url));
  return parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS());
};
const [claim, job] = read("job.yaml");
const spec = job.spec as Job;
const pod = spec.template.spec;
const [container] = pod.containers;
const environment = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-pod-"));
  await mkdir(join(folder, "bin"));
  await standIn("git");
  await standIn("npx");
});

/** Writes a program that prints the arguments that it is called with, and then runs a script. */
async function standIn(name: string, script = ""): Promise<void> {
  const text = `#!/bin/bash\nprintf '%s' ${name}; printf ' [%s]' "$@"; echo\n${script}\n`;
  await writeFile(join(folder, "bin", name), text, { mode: 0o755 });
}

/** Runs the container's command, with the shared volume in a folder of this machine. */
async function runPod(index: number, variables: Readonly<Record<string, string>> = {}) {
  const cwd = await mkdtemp(join(folder, "work-"));
  const [program, ...options] = container.command;
  const script = container.args[0].replaceAll("/results/", `${folder}/results/`);
  const env = {
    ...environment,
    JOB_COMPLETION_INDEX: String(index),
    PATH: `${folder}/bin:${process.env["PATH"]}`,
    ...variables,
  };
  return new Promise<{ code: number; calls: string[] }>((resolve) => {
    execFile(program, [...options, script], { cwd, env }, (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, calls: stdout.trimEnd().split("\n") });
    });
  });
}

describe("the pod of a shard", () => {
  it("measures one commit into a folder of its own", async () => {
    const { code, calls } = await runPod(2, { RUN: "nightly", REVISION: "4be1f0a2c7" });
    expect(calls).toEqual([
      "git [init] [--quiet]",
      `git [fetch] [--quiet] [--depth] [1] [${environment["REPOSITORY"]}] [4be1f0a2c7]`,
      "git [checkout] [--quiet] [FETCH_HEAD]",
      "npx [-y] [pnpm@10.34.9] [install] [--frozen-lockfile]",
      "npx [-y] [pnpm@10.34.9] [--silent] [bench] [run] [--profile] [quick] [--host] [node] " +
        `[--threads] [4] [--shard] [3/4] [--out] [${folder}/results/nightly/2]`,
    ]);
    expect(code).toBe(0);
  });

  it("takes the shards 1/4 to 4/4, one for each index of the job", async () => {
    const indexes = Array.from({ length: spec.completions }, (_, index) => index);
    const pods = await Promise.all(indexes.map((index) => runPod(index)));
    const shards = pods.map(({ calls }) => /\[--shard\] \[(.+?)\]/.exec(calls.at(-1)!)?.[1]);
    expect(shards).toEqual(["1/4", "2/4", "3/4", "4/4"]);
  });

  it("goes on with what an earlier attempt has left", async () => {
    const earlier = join(folder, "results", environment["RUN"]!, "1");
    await mkdir(earlier, { recursive: true });
    await writeFile(join(earlier, "results.json"), "{}");
    const { calls } = await runPod(1);
    expect(calls.at(-1)).toMatch(/\[--shard\] \[2\/4\] \[--resume\] \[.*\/results\/first\/1\]$/);
    const { calls: others } = await runPod(2);
    expect(others.at(-1)).not.toContain("--resume");
  });
});

describe("an exit code", () => {
  const final = spec.podFailurePolicy.rules.flatMap(({ action, onExitCodes }) =>
    action === "FailIndex" && onExitCodes?.containerName === container.name
      ? onExitCodes.values
      : [],
  );

  it.each([
    [1, "a case that failed"],
    [2, "bad input"],
  ])("of %i from bench, for %s, ends the shard for good", async (exit) => {
    await standIn("npx", `[[ $4 = bench ]] && exit ${exit}; exit 0`);
    const { code } = await runPod(0);
    expect(code).toBe(exit);
    expect(final).toContain(code);
  });

  it.each([
    ["npx", "[[ $3 = install ]] && exit 1; exit 0", "an install that fails"],
    ["git", "[[ $1 = fetch ]] && exit 128; exit 0", "a repository out of reach"],
    ["npx", "[[ $4 = bench ]] && exit 137; exit 0", "too little memory"],
  ])("of %s with %j leads to another attempt: %s", async (program, script) => {
    await standIn(program, script);
    const { code } = await runPod(0);
    expect(code).toBeGreaterThan(0);
    expect(final).not.toContain(code);
    expect(spec.backoffLimitPerIndex).toBeGreaterThan(0);
  });
});

describe("the job", () => {
  it("has an index for each shard, all at a time, and restarts none in its pod", () => {
    expect(spec).toMatchObject({ completionMode: "Indexed", completions: 4, parallelism: 4 });
    expect(container.args[0]).toContain(`/${spec.completions}"`);
    expect(pod.restartPolicy).toBe("Never");
  });

  it("gives a shard whole CPUs, as many as it takes threads", () => {
    const { requests, limits } = container.resources;
    expect(requests).toEqual(limits);
    expect(requests.cpu).toMatch(/^[1-9]\d*$/);
    expect(environment["ARGUMENTS"]).toContain(`--threads ${requests.cpu}`);
  });

  it("shares the claimed volume with the pod that lends it to kubectl cp", () => {
    const [lender] = read("results-pod.yaml");
    for (const { volumes, containers } of [pod, lender.spec as typeof pod]) {
      const shared = volumes.find(({ persistentVolumeClaim }) => persistentVolumeClaim);
      expect(shared?.persistentVolumeClaim?.claimName).toBe(claim.metadata.name);
      const mounted = containers[0].volumeMounts.find(({ name }) => name === shared!.name);
      expect(mounted?.mountPath).toBe("/results");
    }
  });
});
