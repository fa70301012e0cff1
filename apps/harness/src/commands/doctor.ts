import type { Availability } from "@sebench/runtime";
import { openHosts } from "../hosts.ts";
import { probeTargets } from "../run-cases.ts";
import { readRunOptions } from "../run-options.ts";
import type { Target } from "../runtimes.ts";

interface DoctorFlags {
  readonly fix?: boolean;
  readonly browser?: string;
  readonly json?: boolean;
}

interface Finding {
  readonly runtime: string;
  readonly host: string;
  readonly ok: boolean;
  readonly version: string | null;
  readonly device: string | null;
  readonly software: boolean | null;
  readonly reason: string | null;
  readonly remedy: string | null;
}

/** Tells what this machine has; 1 where a runtime is not available. */
export async function doctor(flags: DoctorFlags): Promise<number> {
  const browser = flags.browser === undefined ? {} : { browser: flags.browser };
  const options = readRunOptions({ port: "0", fetch: flags.fix ?? false, ...browser });
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await using hosts = await openHosts(options.targets, options.browser, say);
  const { signal } = new AbortController();
  const probed = await probeTargets({ options, hosts, signal });
  const findings = probed.map(({ availability, ...target }) => findingOf(target, availability));
  console.log(flags.json ? JSON.stringify(findings, null, 2) : findings.map(describe).join("\n"));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function findingOf({ runtime, host }: Target, availability: Availability): Finding {
  if (!availability.ok) {
    const { reason, remedy } = availability;
    return {
      runtime,
      host,
      ok: false,
      version: null,
      device: null,
      software: null,
      reason,
      remedy,
    };
  }
  const { version, device, software } = availability;
  const found = { version, device: device.name, software, reason: null, remedy: null };
  return { runtime, host, ok: true, ...found };
}

function describe(finding: Finding): string {
  const name = `${finding.runtime} (${finding.host})`;
  if (finding.ok) {
    const software = finding.software ? ", software" : "";
    return `yes  ${name}: ${finding.version}, ${finding.device}${software}`;
  }
  return `no   ${name}: ${finding.reason}\n     ${finding.remedy}`;
}
