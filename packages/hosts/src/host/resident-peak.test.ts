import { expect, test } from "vitest";
import { parseResident, residentPeak } from "./watch-machine.ts";

/** Lines of /proc/self/status, as Linux 6.1 wrote them. */
const status = "Name:\tnode\nVmPeak:\t 1000000 kB\nVmHWM:\t   51200 kB\nVmRSS:\t   50048 kB\n";

test("the resident set and its peak are read in bytes", () => {
  expect(parseResident(status, "VmRSS")).toBe(50_048 * 1024);
  expect(parseResident(status, "VmHWM")).toBe(51_200 * 1024);
  expect(parseResident("", "VmRSS")).toBeNull();
});

test.runIf(process.platform === "linux")("memory that was taken and given back shows", () => {
  const peak = residentPeak();
  peak.start();
  const size = 64 * 2 ** 20;
  new Uint8Array(size).fill(1);
  const risen = peak.stop();
  expect(risen).toBeGreaterThan(0.9 * size);
  expect(risen).toBeLessThan(2 * size);
});
