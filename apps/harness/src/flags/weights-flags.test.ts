import { expect, test } from "vitest";
import { readRunOptions, type RunFlags } from "./run-flags.ts";

const read = (flags: Partial<RunFlags>) => readRunOptions({ port: "0", fetch: true, ...flags });

test("without a file, weights are those that ship, or seeded ones where that is asked", () => {
  expect(read({ network: ["se-resnet50"] }).weights).toEqual({ kind: "shipped" });
  expect(read({ weights: "seeded" }).weights).toEqual({ kind: "seeded" });
});

test("a file that is named as the word for seeded weights is given by its folder", () => {
  const flags = { network: ["se-resnet50"], weights: "./seeded" };
  expect(read(flags).weights).toEqual({
    kind: "files",
    paths: { se: "./seeded", plain: null, prefix: null },
  });
});

test("one file is of both members, and a second one of the plain member", () => {
  const one = { network: ["se-resnet50"], weights: "se.safetensors" };
  expect(read(one).weights).toEqual({
    kind: "files",
    paths: { se: "se.safetensors", plain: null, prefix: null },
  });
  expect(read({ ...one, plainWeights: "plain.safetensors" }).weights).toEqual({
    kind: "files",
    paths: { se: "se.safetensors", plain: "plain.safetensors", prefix: null },
  });
});

test.each<[Partial<RunFlags>, string, string]>([
  [{}, "0 are named", "exactly one --network"],
  [{ network: ["se-resnet50,se-resnet18"] }, "2 are named", "exactly one --network"],
  [{ network: ["se-resnet50"], networkSet: ["mobile"] }, "3 are named", "exactly one --network"],
  [
    { network: ["resnet50"] },
    "--weights is the file of the member with SE, and resnet50 has none",
    "--network se-resnet50, the file of it as --weights, and that of resnet50 as --plain-weights",
  ],
  [{ network: ["plain-senet154"] }, "plain-senet154 has none", "--network senet154"],
])("with --weights, %j is refused, with the remedy", (flags, cause, remedy) => {
  expect(() => read({ ...flags, weights: "a.safetensors" })).toThrow(
    expect.objectContaining({
      name: "InputError",
      message: expect.stringContaining(cause),
      remedy: expect.stringContaining(remedy),
    }),
  );
});

test.each([{}, { weights: "seeded" }])("a plain member's file with %j is refused", (flags) => {
  const network = ["se-resnet50"];
  expect(() => read({ network, plainWeights: "a.safetensors", ...flags })).toThrow(
    expect.objectContaining({
      message: "--plain-weights is given, and --weights is no file",
      remedy: expect.stringContaining("--weights"),
    }),
  );
});
