import { type Forms, formsOf } from "../model/forms.ts";
import type { TfjsBinding } from "../session/binding.ts";
import { openBackend, type TestBackend } from "./backend.ts";

/** The binding of a backend in Node, which proves nothing. */
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
