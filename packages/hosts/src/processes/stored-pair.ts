import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFault } from "@sebench/artifacts";
import type { AnswerTo, StoredMember, StoreJob } from "@sebench/jobs";
import type { LoweredNetwork } from "@sebench/lowering";
import type { Member } from "@sebench/measure";
import { storeModel as storeOnnx } from "@sebench/onnxruntime";
import { imagesOf, lowerMember } from "@sebench/pairs";
import { storeModel as litert } from "@sebench/runtime-litert-web/model";
import type { EngineName, RuntimeId, SessionOptions, StoredModel } from "@sebench/runtime";
import { elementCount, inputShape } from "@sebench/spec";
import { formsOf, storeModel as storeTfjs, type TfjsRuntimeId } from "@sebench/tfjs";

type Store = (runtime: RuntimeId, lowered: LoweredNetwork, options: SessionOptions) => StoredModel;

const onnx: Store = (_runtime, lowered, options) => storeOnnx(lowered, options);
const tfjs: Store = (runtime, lowered, options) =>
  storeTfjs(lowered, options, formsOf[runtime as TfjsRuntimeId]);

/** How the models of each engine are stored, without the engine. */
const stores: Readonly<Record<EngineName, Store>> = {
  "onnxruntime-node": onnx,
  "onnxruntime-web": onnx,
  "tfjs-node": tfjs,
  "tfjs-web": tfjs,
  "litert-web": litert,
};

/** Writes both members, and the first batch of images, as the files that a deployment ships. */
export async function storePair(job: StoreJob): Promise<AnswerTo<StoreJob>> {
  try {
    return { plain: await storeMember(job, "plain"), se: await storeMember(job, "se") };
  } catch (error) {
    throw temporaryFault(error) ?? error;
  }
}

async function storeMember(job: StoreJob, member: Member): Promise<StoredMember> {
  const { runtime, pair, lowering, session, folder } = job;
  const lowered = await lowerMember(pair, member, lowering, session.batch);
  const store = stores[runtime.split("/")[0] as EngineName];
  const { head, bytes } = store(runtime, lowered, session);
  const shape = [session.batch, ...inputShape(lowered.network)];
  const images = (await imagesOf(pair)).data.subarray(0, elementCount(shape));
  const place = (name: string) => join(folder, `${member}-${name}`);
  const files = {
    head: place("head.json"),
    model: place("model.bin"),
    images: place("images.bin"),
  };
  await writeFile(files.head, JSON.stringify(head));
  await writeFile(files.model, bytes);
  await writeFile(files.images, images);
  return { files, inputShape: shape };
}
