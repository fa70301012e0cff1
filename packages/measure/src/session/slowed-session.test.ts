import type { Session } from "@sebench/runtime";
import { expect, test } from "vitest";
import { slowedSession } from "./prepared-members.ts";

/** A session whose runs take 8 ms of a clock that each reading moves by 1/64 ms. */
function eightMs() {
  let ms = 0;
  const now = () => (ms += 1 / 64);
  const session: Session = {
    stage: () => Promise.reject(new Error("not staged here")),
    run: async () => {
      ms += 8;
      return Float32Array.of(42);
    },
    attest: () => Promise.reject(new Error("not attested here")),
    [Symbol.asyncDispose]: async () => {},
  };
  return { session, now };
}

test.each([0, 0.005, 0.02, 0.1, 1])("a share of %f lengthens each run by itself", async (share) => {
  const { session, now } = eightMs();
  const slowed = slowedSession(session, share, now);
  const started = now();
  expect(await slowed.run({})).toEqual(Float32Array.of(42));
  // The readings of the clock, 1/64 ms each, add no more than this.
  expect(Math.abs(now() - started - 8 * (1 + share))).toBeLessThan(5 / 64);
});
