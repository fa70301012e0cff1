import { defaultLowering, lower } from "@sebench/lowering";
import type { EncodedModel, Engine } from "@sebench/runtime";
import { onnxruntimeNodeCpu } from "@sebench/runtime-onnxruntime-node";
import { buildNetwork, elementCount, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";

/** A network on an engine, and images for it. */
export interface EngineSubject {
  readonly engine: Engine;
  readonly model: EncodedModel;
  readonly images: Tensor;
}

export const sessionOptions = { batch: 1, precision: "fp32" } as const;

/** Loads a subject on onnxruntime-node's CPU. */
export async function loadSubject(
  name: string,
  imageSize: number,
  threads: number | null,
): Promise<EngineSubject> {
  return makeSubject(await onnxruntimeNodeCpu.load({ threads }), name, imageSize);
}

export async function makeSubject(
  engine: Engine,
  name: string,
  imageSize: number,
): Promise<EngineSubject> {
  const network = buildNetwork(name, { imageSize });
  const lowered = lower(network, seededWeights(network, 1), defaultLowering(network));
  const shape = [4, 3, imageSize, imageSize];
  const data = Float32Array.from(
    { length: elementCount(shape) },
    (_, index) => (index % 256) / 256,
  );
  return {
    engine,
    model: await engine.encode(lowered, sessionOptions),
    images: { shape, data },
  };
}
