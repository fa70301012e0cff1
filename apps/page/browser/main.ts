import { attest, infer, open } from "./open-models.ts";
import type { PageApi } from "./page-api.ts";
import { loadEngine, probe } from "./runtimes.ts";
import { runJob } from "./run-job.ts";

const api: PageApi = { load: loadEngine, probe, run: runJob, open, infer, attest };
Object.assign(globalThis, { sebench: api });
