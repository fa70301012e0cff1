import os from "node:os";
import { expect, test } from "vitest";
import { describeMachine, machineKey } from "./describe-machine.ts";
import { machineRecord } from "./machine-record.ts";

const machine = await describeMachine();

test("the machine that runs this test can be described", () => {
  expect(machineRecord.parse(machine)).toEqual(machine);
});

test("the description names neither the host nor its user", () => {
  const { username } = os.userInfo();
  const values = JSON.stringify(machine).match(/"[^"]*"/g)!;
  expect(values).not.toContain(JSON.stringify(os.hostname()));
  expect(values).not.toContain(JSON.stringify(username));
});

test("a machine keeps its key when its kernel, driver and Node are updated", () => {
  const updated = {
    ...machine,
    os: { ...machine.os, kernel: "99.0", name: "Another 1.0" },
    node: "v99.0.0",
    memory: { ...machine.memory, totalBytes: machine.memory.totalBytes! - 2 ** 20 },
  };
  expect(machineKey(updated)).toBe(machine.key);
});

test("another processor makes another key", () => {
  const keyWith = (cpu: Partial<typeof machine.cpu>) =>
    machineKey({ ...machine, cpu: { ...machine.cpu, ...cpu } });
  expect(keyWith({ model: "Another CPU" })).not.toBe(machine.key);
  // The flags are those of a newer generation under the same name.
  expect(keyWith({ flags: [...machine.cpu.flags, "avx1024"] })).not.toBe(machine.key);
});
