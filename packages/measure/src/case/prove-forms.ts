import type { Engine } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import type { CaseProof } from "../measurement/measurement.ts";
import { splitIntoBatches } from "../session/image-batch.ts";
import { withSessions } from "../session/opened-sessions.ts";
import {
  eachInTurn,
  logitsOf,
  pairedWith,
  preparedBefore,
  prepareMembers,
} from "../session/prepared-members.ts";
import { preparationOrders } from "../session/round-order.ts";
import { seededRandom } from "../statistics/random.ts";
import type { EncodedForms } from "./measure-case.ts";
import type { MeasureObserver, Phase } from "./observer.ts";
import { defaultProtocol, type MeasureOptions } from "./protocol.ts";

/**
 * Prepares a network in several forms and the plain network that they share, runs each once, and
 * asks for logits and attestation. No round is timed.
 *
 * @param images The images, `[n, channels, height, width]`, with n a multiple of the batch.
 * @returns the proof of each form, in their order, all with the same plain member
 * @throws InputError for bad input, and whatever the engine throws; sessions are disposed
 *   of either way
 */
export async function proveForms(
  engine: Engine,
  { plain, forms }: EncodedForms,
  images: Tensor,
  options: Pick<MeasureOptions, "batch" | "precision" | "seed">,
  { now = performanceNow, onProgress }: Pick<MeasureObserver, "now" | "onProgress"> = {},
): Promise<CaseProof[]> {
  const { batch, precision, seed = defaultProtocol.seed } = options;
  const models = [plain, ...forms];
  const order = preparationOrders(models.length, seededRandom(seed)).next().value;
  const batches = splitIntoBatches(images, batch);
  const sessionOptions = { batch, precision };
  const startedMs = now();
  const tell = (phase: Phase) => onProgress?.(progressAt(phase, now() - startedMs));
  return withSessions(async (keep) => {
    await tell("prepare");
    const preparation = { engine, sessionOptions, batches, now, slowdown: undefined };
    const prepared = await prepareMembers(models, order, preparation, keep);
    await tell("logits");
    const logits = await eachInTurn(prepared, logitsOf);
    await tell("attest");
    const attestation = await eachInTurn(prepared, ({ session }) => session.attest());
    const members = prepared.map(({ prepareMs, firstRunMs }) => ({ prepareMs, firstRunMs }));
    return forms.map((_, form) => ({
      preparedFirst: preparedBefore(form, order),
      members: pairedWith(form, members),
      logits: pairedWith(form, logits),
      attestation: pairedWith(form, attestation),
    }));
  });
}

function progressAt(phase: Phase, elapsedMs: number) {
  return { phase, replica: 1, replicas: 1, rounds: 0, elapsedMs, interval: null, labelled: null };
}
