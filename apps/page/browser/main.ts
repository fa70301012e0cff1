import { explainJob } from "./explain-job.ts";
import { attest, infer, open } from "./open-models.ts";
import type { PageApi } from "./page-api.ts";
import { race } from "./race.ts";
import { loadEngine, probe } from "./runtimes.ts";
import { roofline } from "./roofline.ts";
import { runJob } from "./run-job.ts";

const api: PageApi = {
  load: loadEngine,
  probe,
  run: runJob,
  explain: explainJob,
  roofline,
  race,
  open,
  infer,
  attest,
};
Object.assign(globalThis, { sebench: api });
