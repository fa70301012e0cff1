import { randomUUID } from "node:crypto";
import {
  type EngineJob,
  JobError,
  type PageMessage,
  type PageOrder,
  type ProgressReply,
  type StartJob,
} from "@sebench/jobs";
import { faultOfAnswer } from "@sebench/jobs/answers";
import type { ConditionsWatch } from "@sebench/measure";
import { type PageServer, SessionRefusal } from "@sebench/page";
import type { MemoryMoment } from "@sebench/results";
import type { Watch } from "../host/host.ts";
import { mayAsk, serveSupply } from "../host/page-supply.ts";

/** What is seen from outside of a page while it runs a job. */
export interface OutsideWatch {
  readonly conditions?: ConditionsWatch;
  memory?(moment: MemoryMoment): Promise<unknown>;
}

/** What a page says of the job that it runs. */
type JobMessage = Exclude<PageMessage, { kind: "hello" }>;
type Outcome = Extract<PageMessage, { kind: "result" }>["outcome"];

/** A job that a page is to answer, or answers. */
export class HandedJob {
  readonly id: string = randomUUID();
  readonly job: EngineJob | StartJob;
  /** The answer, or a `JobError` where the job came to none. */
  readonly answered: Promise<unknown>;
  readonly #outside: OutsideWatch;
  readonly #onProgress: Watch["onProgress"];
  readonly #supply: ReturnType<typeof serveSupply> | null;
  /** The pages that it was handed to, of which the last answers it. */
  readonly #pages: string[] = [];
  #settle!: (answer: unknown) => void;
  #fail!: (error: unknown) => void;

  /** @param server the server of the pages, or null before it has started */
  constructor(
    job: HandedJob["job"],
    { onProgress }: Pick<Watch, "onProgress">,
    outside: OutsideWatch,
    server: PageServer | null,
  ) {
    this.job = job;
    this.#outside = outside;
    this.#onProgress = onProgress;
    this.#supply = server && serveSupply(server);
    this.answered = new Promise<unknown>((settle, fail) => {
      this.#settle = settle;
      this.#fail = fail;
    });
    // The job may fail before anybody waits for it.
    this.answered.catch(() => {});
  }

  fail(error: JobError): void {
    this.#fail(error);
  }

  /** Whether a page is the last that has it. */
  isOf(page: string): boolean {
    return this.#pages.at(-1) === page;
  }

  /**
   * The order for a page that asks what to do, or null where it has the job already, or nobody gets
   * it any more.
   *
   * @param attempts how many pages it is handed to, one after another ended
   */
  orderFor(
    page: string,
    attempts: number,
  ): Omit<Extract<PageOrder, { kind: "job" }>, "words"> | null {
    const { id, job } = this;
    if (job.kind === "start" || this.#pages.includes(page)) return null;
    if (this.#pages.length >= attempts) {
      this.pageEnded();
      return null;
    }
    this.#pages.push(page);
    const { conditions, memory } = this.#outside;
    const watched = { conditions: conditions !== undefined, memory: memory !== undefined };
    return { kind: "job", id, job, watched };
  }

  /** Fails the job, since the page that had it is gone. */
  pageEnded(): void {
    const often = this.#pages.length > 1 ? `, ${this.#pages.length} times` : "";
    const remedy =
      "choose a smaller --network or --size: a browser ends pages that take much memory";
    this.fail(new JobError(`page ended: it went away while it ran the job${often}`, { remedy }));
  }

  /**
   * Takes what a page says of the job, and gives the reply.
   *
   * @throws SessionRefusal for a page that it was not handed to, or what the job does not allow
   */
  async take(message: JobMessage, page: string): Promise<unknown> {
    if (this.job.kind !== "start" && !this.isOf(page)) {
      throw new SessionRefusal(409, "this job was handed to another page");
    }
    switch (message.kind) {
      case "supply":
        return this.#supplied(message.request);
      case "progress":
        this.#onProgress(message.progress);
        return { stop: false } satisfies ProgressReply;
      case "conditions":
        return (await this.#outside.conditions?.[message.step]()) ?? null;
      case "memory":
        return (await this.#outside.memory?.(message.moment)) ?? null;
      case "result":
        this.#end(message.outcome);
        return null;
    }
  }

  #supplied(request: Extract<PageMessage, { kind: "supply" }>["request"]) {
    if (this.job.kind === "start" || this.#supply === null || !mayAsk(this.job, request)) {
      throw new SessionRefusal(403, "the page's job does not name this");
    }
    return this.#supply(request);
  }

  #end(outcome: Outcome): void {
    if (!outcome.ok) {
      const { message, remedy } = outcome.error;
      this.fail(new JobError(message, { remedy, cause: outcome.error }));
      return;
    }
    const fault = faultOfAnswer(this.job.kind, outcome.answer);
    if (fault !== null) {
      throw new SessionRefusal(400, `this is no answer to a job of its kind: ${fault}`);
    }
    this.#settle(outcome.answer);
  }
}
