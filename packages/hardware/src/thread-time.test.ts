import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { threadTimeReader } from "./thread-time.ts";

/** A process whose worker takes 200 ms of processor time and lives on, and then as much itself. */
const program = `
const { Worker } = require("node:worker_threads");
const spin = "for (const end = process.cpuUsage().user + 200_000; process.cpuUsage().user < end; );";
process.stdin.once("data", () => {
  const before = process.cpuUsage();
  const worker = new Worker(
    spin + "setInterval(() => {}, 1e4); require('node:worker_threads').parentPort.postMessage(0)",
    { eval: true },
  );
  worker.on("message", () => {
    eval(spin);
    const { user, system } = process.cpuUsage(before);
    process.stdout.write((user + system) / 1000 + "\\n");
  });
});
process.stdout.write("ready\\n");
`;

test.skipIf(process.platform !== "linux")(
  "the time of all threads is what the process itself counts",
  async () => {
    const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await once(child.stdout, "data");
      using reader = threadTimeReader();
      const before = reader.read([child.pid!])!;
      child.stdin.write("go\n");
      const [text] = (await once(child.stdout, "data")) as [Buffer];
      const took = reader.read([child.pid!])! - before;
      const counted = Number(text.toString());
      expect(counted).toBeGreaterThan(390);
      expect(Math.abs(took / counted - 1)).toBeLessThan(0.05);
    } finally {
      child.kill();
    }
  },
);

test("processes that are not there take no time that can be told", () => {
  using reader = threadTimeReader();
  expect(reader.read([2 ** 30])).toBeNull();
});
