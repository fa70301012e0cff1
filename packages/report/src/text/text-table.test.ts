import { expect, test } from "vitest";
import { wrapText } from "./text-table.ts";

test("no line begins with what a GitHub job's runner takes for a command", () => {
  expect(wrapText("the branch is ::stop-commands::x now", 14, "  ")).toBe(
    "the branch is ::stop-commands::x\n  now",
  );
});
