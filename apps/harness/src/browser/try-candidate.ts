import type { BrowserFound } from "./browser.ts";
import type { Candidate } from "./candidates.ts";
import type { StartCheck } from "./start-check.ts";
import { sparticuzEnvironments } from "./sparticuz.ts";

/** Starts the candidate with each environment that it may need, least first. */
export async function tryCandidate(
  { kind, executablePath }: Candidate,
  checkStart: StartCheck,
): Promise<BrowserFound | { readonly ok: false; readonly reason: string }> {
  const environments = kind === "sparticuz" ? sparticuzEnvironments(executablePath) : [{}];
  let reason = "";
  for (const environment of environments) {
    const answer = await checkStart(executablePath, environment);
    if (answer.ok) {
      const { version } = answer;
      return { ok: true, kind, executablePath, version, environment, skipped: [] };
    }
    reason = answer.reason;
  }
  return { ok: false, reason };
}
