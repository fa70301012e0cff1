import { expect, test } from "vitest";
import { threefry } from "./seeded-weights.ts";

// The answers are from tests/kat_vectors of Random123, the generator's reference implementation: "threefry2x32 20".
test.each([
  { counter: [0, 0], key: [0, 0], block: [0x6b200159, 0x99ba4efe] },
  {
    counter: [0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    block: [0x1cb996fc, 0xbb002be7],
  },
  {
    counter: [0x243f6a88, 0x85a308d3],
    key: [0x13198a2e, 0x03707344],
    block: [0xc4923a9c, 0x483df7a0],
  },
] as const)(
  "a block is Random123's known answer for counter $counter",
  ({ counter, key, block }) => {
    const out = new Int32Array(3);
    threefry(key, counter[0], counter[1], out, 1);
    expect([...new Uint32Array(out.buffer)]).toEqual([0, ...block]);
  },
);
