import { expect, test } from "vitest";
import { paperGains } from "./paper-gain.ts";

/** The errors are those of SENet v4, tables 2, 4, 8, 10 and 13. */
test.each([
  [
    "se-resnet50",
    ["top-1 error 24.80 to 23.29 % (table 2)", "top-1 error 23.30 to 22.28 % (tables 10, 13)"],
  ],
  ["se-wrn-16-8", ["top-1 error 4.27 to 3.88 % (table 4, CIFAR-10)"]],
  ["senet154", ["top-1 error 18.68 % (table 8)"]],
  ["se-resnet20", []],
  ["a network of another version", []],
])("%s bought what the paper's tables say", (network, gains) => {
  expect(paperGains(network)).toEqual(gains);
});
