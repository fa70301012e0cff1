import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { action, read, repository } from "./testing/run-action.ts";

describe("action.yml", () => {
  const names = Object.keys(action.inputs);
  const steps = action.runs.steps;

  it("hands bench.sh every input that it reads", () => {
    const wanted = new Set(read("bench.sh").match(/\bINPUT_[A-Z_]*[A-Z]/g));
    const flags = ["INPUT_ALLOW_MISSING", "INPUT_COMMENT", "INPUT_FAIL_ON_REGRESSION"];
    const env = steps.find(({ run }) => run?.includes("bench.sh"))!.env!;
    expect(Object.keys(env).toSorted()).toEqual([...new Set([...wanted, ...flags])].toSorted());
  });

  it("uses every input that it declares, and declares every one that it uses", () => {
    const used = read("action.yml").matchAll(/\binputs\.([\w-]+)/g);
    expect(new Set([...used].map(([, name]) => name))).toEqual(new Set(names));
  });

  it("gives only outputs that bench.sh sets", () => {
    const set = [...read("bench.sh").matchAll(/^output ([\w-]+)/gm)].map(([, name]) => name);
    const given = [...read("action.yml").matchAll(/steps\.bench\.outputs\.([\w-]+)/g)];
    expect(set).toEqual(expect.arrayContaining(given.map(([, name]) => name)));
    expect(Object.keys(action.outputs)).toEqual(["results", "report", "regressed"]);
  });

  it("puts no expression into a command, where a name could become code", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  it.each([
    ["actions/sebench/action.yml"],
    ["workflows/bench.yml"],
    ["workflows/bench-gpu.yml"],
    ["workflows/ci.yml"],
  ])("%s pins the actions of others to a commit", (name) => {
    const text = readFileSync(join(repository, ".github", name), "utf8");
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, use]) => use!);
    const others = used.filter((use) => !use.startsWith("./"));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((use) => !/@[0-9a-f]{40}$/.test(use))).toEqual([]);
  });
});
