import type { EncodedModel, Engine } from "@sebench/runtime";
import { now as performanceNow } from "tinybench";
import type { MembersProof } from "../measurement/measurement.ts";
import { inputsOfRuns, type RunInputs } from "../session/image-batch.ts";
import { withSessions } from "../session/opened-sessions.ts";
import { prepareMembers, proofsOf } from "../session/prepared-members.ts";
import { preparationOrders } from "../session/round-order.ts";
import { seededRandom } from "../statistics/random.ts";
import type { MeasureObserver, Phase } from "./observer.ts";
import { defaultProtocol, type MeasureOptions } from "./protocol.ts";

/**
 * Prepares members, runs each once, and asks for their answers and attestation. No round is timed.
 *
 * @param models The models, at least one, encoded by `engine` for the same batch and precision.
 * @param inputs The images, `[n, channels, height, width]`, with n a multiple of the batch, or the
 *   inputs of a model's file for each run.
 * @throws InputError for bad input, and whatever the engine throws; sessions are disposed
 *   of either way
 */
export async function proveMembers(
  engine: Engine,
  models: readonly EncodedModel[],
  inputs: RunInputs,
  options: Pick<MeasureOptions, "batch" | "precision" | "seed">,
  { now = performanceNow, onProgress }: Pick<MeasureObserver, "now" | "onProgress"> = {},
): Promise<MembersProof> {
  const { batch, precision, seed = defaultProtocol.seed } = options;
  const order = preparationOrders(models.length, seededRandom(seed)).next().value;
  const batches = inputsOfRuns(inputs, batch);
  const sessionOptions = { batch, precision };
  const startedMs = now();
  const tell = (phase: Phase) => onProgress?.(progressAt(phase, now() - startedMs));
  return withSessions(async (keep) => {
    await tell("prepare");
    const preparation = { engine, sessionOptions, batches, now, slowdown: undefined };
    const prepared = await prepareMembers(models, order, preparation, keep);
    const proofs = await proofsOf(prepared, tell);
    const members = prepared.map(({ prepareMs, firstRunMs }) => ({ prepareMs, firstRunMs }));
    return { order, members, proofs };
  });
}

function progressAt(phase: Phase, elapsedMs: number) {
  return { phase, replica: 1, replicas: 1, rounds: 0, elapsedMs, interval: null, labelled: null };
}
