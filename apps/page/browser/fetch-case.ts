import { lower, type LoweredNetwork, type LoweringName } from "@sebench/lowering";
import { InputError, type Network, type Tensor } from "@sebench/spec";
import { readSafetensors, toWeights } from "@sebench/weights";
import type { MemberSource } from "./page-api.ts";

export async function fetchMember(
  source: MemberSource,
  lowering: LoweringName,
  batch: number,
): Promise<LoweredNetwork> {
  const { network, weights } = await fetchBuilt(source);
  return lower(network, weights, lowering, { batch });
}

/** In canonical form. */
export async function fetchBuilt(
  source: MemberSource,
): Promise<Pick<LoweredNetwork, "network" | "weights">> {
  const network = (await (await fetchOk(source.network)).json()) as Network;
  return { network, weights: toWeights(readSafetensors(await fetchBytes(source.weights))) };
}

export async function fetchImages(url: string): Promise<Tensor> {
  const images = toWeights(readSafetensors(await fetchBytes(url))).get("images");
  if (images) return images;
  throw new InputError(`${url} holds no tensor "images"`);
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchOk(url)).arrayBuffer());
}

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url);
  if (response.ok) return response;
  throw new Error(`${url} answers ${response.status} ${response.statusText}`);
}
