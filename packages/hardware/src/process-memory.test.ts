import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import {
  parseField,
  processesOfGroup,
  readMemory,
  readPeaks,
  resetPeaks,
} from "./process-memory.ts";

const onLinux = process.platform === "linux";

test("a field is read from the texts that Linux writes", () => {
  const status = "Name:\tnode\nVmHWM:\t   51200 kB\nVmRSS:\t   50048 kB\n";
  expect(parseField(status, "VmRSS")).toBe(50_048 * 1024);
  expect(parseField(status, "VmHWM")).toBe(51_200 * 1024);
  expect(parseField(status, "Pss")).toBeNull();
});

/** A program that writes to 64 MiB once it is asked, and lets go of them when it is asked again. */
const program = `
  let held = null;
  process.stdin.on("data", () => {
    held = held === null ? new Uint8Array(64 * 2 ** 20).fill(1) : null;
    console.log("done");
  });
  console.log("ready");
`;

test.runIf(onLinux)(
  "the memory of a process holds what it has written to, and its peak what it had",
  async () => {
    // A process of its own: this one may have memory to spare from the tests before.
    const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    const ask = async () => {
      child.stdin.write("next\n");
      await once(child.stdout, "data");
    };
    try {
      await once(child.stdout, "data");
      const ids = [child.pid!];
      resetPeaks(ids);
      const before = readMemory(ids)!;
      await ask();
      const during = readMemory(ids)!;
      expect(during.residentBytes - before.residentBytes).toBeGreaterThan(60 * 2 ** 20);
      expect(during.proportionalBytes! - before.proportionalBytes!).toBeGreaterThan(60 * 2 ** 20);
      await ask();
      expect(readPeaks(ids)!.residentBytes).toBeGreaterThanOrEqual(during.residentBytes - 2 ** 20);
    } finally {
      child.kill();
    }
  },
);

test.runIf(onLinux)(
  "a process that has ended has no memory, and does not hide that of the others",
  () => {
    const ended = 2 ** 22 + 1;
    expect(readMemory([ended])).toBeNull();
    expect(readPeaks([ended])).toBeNull();
    expect(readMemory(["self", ended])!.proportionalBytes).toBeGreaterThan(0);
  },
);

test.runIf(onLinux)("a group has its leader and what the leader has started", async () => {
  const leader = spawn("sh", ["-c", "sleep 60 & echo; wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(leader.stdout, "data");
  try {
    const group = processesOfGroup(leader.pid!);
    expect(group).toHaveLength(2);
    expect(group).toContain(leader.pid);
  } finally {
    process.kill(-leader.pid!, "SIGKILL");
  }
});
