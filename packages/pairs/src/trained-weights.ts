import { readFile } from "node:fs/promises";
import { buildNetwork } from "@sebench/spec";
import { checkWeights, readSafetensors, toWeights, trainedWeights } from "@sebench/weights";
import type { BuiltMember } from "./member.ts";
import type { PairAtSize } from "./pair.ts";

/** Whether trained weights of both members of a pair ship. */
export function isTrained({ plain, network, imageSize }: PairAtSize): boolean {
  return [plain, network].every((name) => trainedWeights(name, imageSize) !== null);
}

export async function readTrainedMember(name: string, imageSize: number): Promise<BuiltMember> {
  const { file } = shippedWeights(name, imageSize);
  const network = buildNetwork(name, { imageSize });
  const weights = toWeights(readSafetensors(await readFile(file)));
  checkWeights(network, weights, { what: `the trained weights of ${name}` });
  return { network, weights };
}

/** The file of a member's trained weights, and the dataset that they were trained on. */
export function shippedWeights(name: string, imageSize: number) {
  const found = trainedWeights(name, imageSize);
  if (found) return found;
  throw new Error(`no trained weights ship of ${name} at ${imageSize} px`);
}
