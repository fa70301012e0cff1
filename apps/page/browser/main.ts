import type { PageApi } from "@sebench/jobs";
import { answerJob } from "./answer-job.ts";
import { loadEngine } from "./runtimes.ts";

const api: PageApi = { load: loadEngine, answer: answerJob };
Object.assign(globalThis, { sebench: api });
