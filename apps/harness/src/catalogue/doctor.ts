import { openTargets } from "@sebench/bench";
import { say } from "@sebench/cli";
import { type Target, runtimeOf } from "@sebench/hosts";
import type { Availability, Device, RuntimeId } from "@sebench/runtime";
import { oneLine } from "@sebench/spec";
import { readRunOptions } from "../flags/run-flags.ts";

interface DoctorFlags {
  readonly fix?: boolean;
  readonly host?: readonly string[];
  readonly browser?: string;
  readonly json?: boolean;
}

interface Finding {
  readonly runtime: RuntimeId;
  readonly host: string;
  readonly ok: boolean;
  readonly version: string | null;
  readonly device: string | null;
  readonly software: boolean | null;
  readonly reason: string | null;
  readonly remedy: string | null;
}

/** Tells what this machine has, and gives the exit code: 1 where a runtime is not available. */
export async function doctor(flags: DoctorFlags): Promise<number> {
  const { fix = false, browser, host } = flags;
  const options = readRunOptions({
    port: "0",
    fetch: fix,
    ...(browser === undefined ? {} : { browser }),
    ...(host === undefined ? {} : { host }),
  });
  await using opened = await openTargets(options, {
    signal: new AbortController().signal,
    tell: say,
  });
  const findings = opened.targets.map(({ availability, ...target }) =>
    findingOf(target, availability),
  );
  console.log(flags.json ? JSON.stringify(findings, null, 2) : describe(findings));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function findingOf({ runtime, host }: Target, availability: Availability): Finding {
  if (!availability.ok) {
    const { reason, remedy } = availability;
    const nothing = { version: null, device: null, software: null };
    return { runtime, host, ok: false, ...nothing, reason, remedy };
  }
  const { version, device, software } = availability;
  const found = { version, device: device.name, software, reason: null, remedy: null };
  return { runtime, host, ok: true, ...found };
}

/**
 * A line for each runtime, and a second line with the remedy where the runtime is not available.
 */
function describe(findings: readonly Finding[]): string {
  const names = findings.map(({ runtime, host }) => `${runtime} on ${host}`);
  const width = Math.max(...names.map((name) => name.length));
  return findings
    .map((finding, index) => {
      const name = names[index]!.padEnd(width);
      return finding.ok
        ? `yes  ${name}  ${oneLine(`${finding.version}, ${finding.device}`)}${kind(finding)}`
        : `no   ${name}  ${oneLine(finding.reason ?? "")}\n${" ".repeat(width + 7)}-> ${oneLine(finding.remedy ?? "")}`;
    })
    .join("\n");
}

const gpus: ReadonlySet<Device> = new Set(["cuda", "tensorrt", "webgl", "webgpu"]);

/** The kind of a GPU in words, which say whether it is real, or "" for another device. */
function kind({ runtime, software }: Finding): string {
  if (!gpus.has(runtimeOf(runtime).device)) return "";
  return software ? ", software" : ", hardware";
}
