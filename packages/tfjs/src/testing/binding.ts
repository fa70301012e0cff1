import type { TfjsBinding } from "../binding.ts";
import { type Forms, formsOf } from "../forms.ts";
import { openBackend, type TestBackend } from "./backend.ts";

/** A backend in Node, as an adapter would give it; it proves nothing. */
export function testBinding(
  backend: TestBackend,
  forms: Forms = formsOf[`tfjs-web/${backend}`],
): TfjsBinding {
  return {
    runtime: { id: `tfjs-web/${backend}`, precisions: ["fp32"] },
    forms,
    probe: async () => ({ ok: false, reason: "only for tests", remedy: "none" }),
    start: () => openBackend(backend),
    requireAlive() {},
    judge: async (run) => ({
      device: backend,
      proven: false,
      reason: "only for tests",
      software: false,
      threads: 1,
      tf32: false,
      evidence: { ...run },
    }),
  };
}
