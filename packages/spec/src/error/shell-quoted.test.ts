import { expect, test } from "vitest";
import { shellQuoted } from "./shell-quoted.ts";

test.each([
  ["runs/a_1.json", "runs/a_1.json"],
  ["", "''"],
  ["two words", "'two words'"],
  ["it's", "'it'\\''s'"],
  ['$(x) `x` "$HOME" \\', `'$(x) \`x\` "$HOME" \\'`],
  ["se-resnet50{r=8,squeeze=max}", "'se-resnet50{r=8,squeeze=max}'"],
  ["~", "'~'"],
  ["a\nb", "'a\nb'"],
])("a shell is given %j as one word", (word, quoted) => {
  expect(shellQuoted(word)).toBe(quoted);
});
