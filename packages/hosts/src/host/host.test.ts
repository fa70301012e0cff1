import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { untilEnded } from "./host.ts";

test("the time of a job ends it, whatever the garbage collector finds meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  using ending = untilEnded({ signal: new AbortController().signal, timeoutMs: 300 });
  for (let times = 0; times < 5; times++) {
    await sleep(10);
    collect();
  }
  await expect(Promise.race([ending.promise, sleep(2000)])).rejects.toThrow("no answer within");
  expect(ending.over.aborted).toBe(true);
});

test("an interrupt ends it with the interrupt's reason, also one that came before", async () => {
  for (const early of [true, false]) {
    const person = new AbortController();
    if (early) person.abort(new Error("interrupted"));
    using ending = untilEnded({ signal: person.signal, timeoutMs: 60_000 });
    person.abort(new Error("interrupted"));
    await expect(ending.promise).rejects.toThrow("interrupted");
    expect(ending.over.aborted).toBe(true);
  }
});
