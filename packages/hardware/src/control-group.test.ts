import { expect, test } from "vitest";
import { controlGroupFolders, parseCpuMax } from "./control-group.ts";

test.each([
  ["150000 100000\n", 1.5],
  ["max 100000\n", null],
  ["-1 100000", null],
  ["1e999 100000", null],
  ["100000 0", null],
  ["", null],
])("a quota of %j is %s cores", (text, cores) => {
  expect(parseCpuMax(text)).toBe(cores);
});

test("the limits of a control group are looked for in it and in those around it", () => {
  expect(controlGroupFolders("0::/user.slice/job.scope\n")).toEqual([
    "/sys/fs/cgroup/user.slice/job.scope",
    "/sys/fs/cgroup/user.slice",
    "/sys/fs/cgroup",
  ]);
});

test("inside a container the group is the root", () => {
  expect(controlGroupFolders("0::/\n")).toEqual(["/sys/fs/cgroup"]);
});
