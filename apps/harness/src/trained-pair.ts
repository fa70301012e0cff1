import { readFile } from "node:fs/promises";
import { buildNetwork } from "@sebench/spec";
import {
  checkWeights,
  contentHash,
  readSafetensors,
  toWeights,
  trainedWeights,
} from "@sebench/weights";
import type { BuiltMember } from "./checkpoint-member.ts";
import type { CasePlan } from "./plan.ts";
import type { PairWeights } from "./run-weights.ts";

/** Which pair, and for images of which size. */
export type PairAtSize = Pick<CasePlan, "plain" | "network" | "imageSize">;

/** Whether trained weights of both members ship. */
export function isTrained({ plain, network, imageSize }: PairAtSize): boolean {
  return [plain, network].every((name) => trainedWeights(name, imageSize) !== null);
}

/** The trained weights of a pair for which `isTrained` holds. */
export async function trainedPair({ plain, network, imageSize }: PairAtSize): Promise<PairWeights> {
  const { dataset } = shipped(network, imageSize);
  const hashOf = async (name: string) =>
    contentHash((await readTrainedMember(name, imageSize)).weights);
  const hash = { plain: await hashOf(plain), se: await hashOf(network) };
  return { source: { kind: "trained" }, origin: { kind: "trained", dataset, hash } };
}

export async function readTrainedMember(name: string, imageSize: number): Promise<BuiltMember> {
  const { file } = shipped(name, imageSize);
  const network = buildNetwork(name, { imageSize });
  const weights = toWeights(readSafetensors(await readFile(file)));
  checkWeights(network, weights, { what: `the trained weights of ${name}` });
  return { network, weights };
}

function shipped(name: string, imageSize: number) {
  const found = trainedWeights(name, imageSize);
  if (found) return found;
  throw new Error(`no trained weights ship of ${name} at ${imageSize} px`);
}
