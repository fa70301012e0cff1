import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellQuoted } from "./shell-quoted.ts";

test("a shell gives back every word as it was", () => {
  const words = [
    "plain/path-1.safetensors",
    "",
    "two words",
    "it's",
    "''",
    '$(touch x) `touch x` "$HOME" \\',
    "se-resnet50{r=8,squeeze=max}",
    "~",
    "*",
    "#",
    "a\nb\tc",
    "für; & | > <",
  ];
  const line = `printf '%s\\0' ${words.map(shellQuoted).join(" ")}`;
  const said = execFileSync("sh", ["-c", line], { encoding: "utf8" });
  expect(said.split("\0").slice(0, -1)).toEqual(words);
});

test("a word that needs no quotes has none", () => {
  expect(shellQuoted("runs/a_1.json")).toBe("runs/a_1.json");
});
