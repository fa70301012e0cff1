/**
 * Measures whether runs of a session leave memory behind: the resident memory of the process, or of
 * all of the browser's processes, at every hundredth of 1,000 runs, after garbage is collected. The
 * command is `pnpm --filter @sebench/harness memory-over-runs [runtime ...]`.
 */
import { runtimes } from "@sebench/hosts";
import type { Host, RuntimeId } from "@sebench/runtime";
import { browserSubject } from "./memory-subject/browser-subject.ts";
import type { MemorySubject } from "./memory-subject/memory-subject.ts";
import { nodeSubject } from "./memory-subject/node-subject.ts";

const total = 1000;
const step = 100;

const subjects: Partial<Record<Host, (id: RuntimeId) => Promise<MemorySubject>>> = {
  node: nodeSubject,
  chromium: browserSubject,
};

const asked = process.argv.slice(2);
for (const { id, hosts } of runtimes) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  for (const host of hosts) {
    const open = subjects[host];
    if (open) console.log(`${id} (${host}): ${await describe(id, open)}`);
  }
}

async function describe(
  id: RuntimeId,
  open: (id: RuntimeId) => Promise<MemorySubject>,
): Promise<string> {
  try {
    await using subject = await open(id);
    const resident: number[] = [];
    for (let run = 0; run < total; run += step) resident.push(await subject.residentAfter(step));
    return summary(resident);
  } catch (error) {
    return `not run: ${(error as Error).message.split("\n")[0]}`;
  }
}

/**
 * Summarises the resident memory without the first step, in which engines still take what they will
 * keep.
 */
function summary(resident: readonly number[]): string {
  const settled = resident.slice(1);
  const growth = slope(settled) / step;
  const megabytes = resident.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(" ");
  return `${(growth / 1024).toFixed(2)} KiB a run; ${megabytes} MiB`;
}

/** The slope of the line of least squares, in bytes a step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const [above, below] = values.reduce(
    ([a, b], value, index) => [a + (index - middle) * (value - mean), b + (index - middle) ** 2],
    [0, 0] as [number, number],
  );
  return above / below;
}
