import { type Attestation, type ModelGroup, openModels } from "@sebench/runtime";
import { describeError, type ErrorDescription } from "@sebench/spec";
import { fetchImages, fetchMember } from "./fetch-case.ts";
import type { PageModels } from "./page-api.ts";
import { loadAvailable } from "./runtimes.ts";

let group: ModelGroup | null = null;

/** Once in the life of a page. */
export async function open(asked: PageModels): Promise<ErrorDescription | null> {
  try {
    const engine = await loadAvailable(asked.runtime, asked.engine);
    const networks = [];
    for (const source of asked.models) {
      networks.push(await fetchMember(source, asked.lowering, asked.options.batch));
    }
    group = await openModels(engine, networks, asked.options);
    return null;
  } catch (error) {
    return describeError(error);
  }
}

export async function infer(images: string): Promise<readonly Float32Array[]> {
  return requireOpen().run(await fetchImages(images));
}

export async function attest(): Promise<Attestation> {
  return requireOpen().attest();
}

function requireOpen(): ModelGroup {
  if (group === null) throw new Error("no networks are open in this page");
  return group;
}
