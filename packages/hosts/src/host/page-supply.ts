import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  type CaseMembers,
  decodeMessage,
  type EngineJob,
  encodeMessage,
  type Job,
  JobError,
  type JobKind,
  type PageDriver,
  type Supplied,
  type SupplyRequest,
} from "@sebench/jobs";
import type { PageServer } from "@sebench/page";
import type { BuiltMember, ModelFileDescription, PairDescription } from "@sebench/pairs";
import type { Tensor } from "@sebench/spec";
import { fromWeights, writeSafetensors } from "@sebench/weights";
import { localSupply } from "./local-supply.ts";

/** The jobs that need no host's engine. */
const nodeJobs: ReadonlySet<JobKind> = new Set([
  "oracle",
  "fileOracle",
  "ranges",
  "forms",
  "store",
]);

/** Throws a `JobError` for a job that no page answers. */
export function requireEngine<Asked extends Job>(job: Asked): asserts job is Asked & EngineJob {
  if (!nodeJobs.has(job.kind)) return;
  throw new JobError(`a job of the kind ${job.kind} runs in Node, not in a browser`);
}

/** Serves what a page asks for where the page can fetch it: networks, weights and images. */
export function serveSupply(server: PageServer): PageDriver["supply"] {
  const supply = localSupply();
  let served = 0;
  const serveImages = (name: string, images: Tensor): string =>
    server.serve(
      `${name}.safetensors`,
      writeSafetensors(fromWeights(new Map([["images", images]]))),
    );
  const serveNetwork = ({ network, weights }: BuiltMember) => {
    const name = `model-${served++}`;
    return {
      network: server.serve(`${name}.json`, JSON.stringify(network)),
      weights: server.serve(`${name}.safetensors`, writeSafetensors(fromWeights(weights))),
    };
  };
  const serveFile = async (name: string, path: string) => server.serve(name, await readFile(path));
  const answers: {
    readonly [What in SupplyRequest["what"]]: (
      request: Extract<SupplyRequest, { readonly what: What }>,
    ) => Promise<Supplied[What]>;
  } = {
    async model({ model }) {
      const { classes, ...built } = await supply.model(model);
      return { ...serveNetwork(built), classes };
    },
    async file({ file: { path, external } }) {
      const sources = external.map(async (name) => ({
        path: name,
        url: await serveFile(`weights-${served++}.bin`, join(dirname(path), name)),
      }));
      const url = await serveFile(`file-${served++}.onnx`, path);
      return { url, external: await Promise.all(sources) };
    },
    imported: async ({ file }) => serveNetwork(await supply.imported(file)),
    inputs: ({ path }) => serveFile(`inputs-${served++}.safetensors`, path),
    images: async ({ images, imageSize }) =>
      serveImages(`images-${served++}`, await supply.images(images, imageSize)),
    async labelled({ range }) {
      const { images, labels, broken, hashes } = await supply.labelled(range);
      // One name serves all images, since a page asks for the next ones when it is done with the
      // last.
      const url = labels.length === 0 ? null : serveImages("labelled", images);
      return { images: url, labels: [...labels], broken, hashes };
    },
  };
  return (request) =>
    (answers[request.what] as (of: SupplyRequest) => Promise<Supplied[keyof Supplied]>)(request);
}

/**
 * Whether a page may ask for something, which it may where its job names it: a page may be on
 * anybody's device, and is served its case's own models and images alone.
 */
export function mayAsk(job: EngineJob, request: SupplyRequest): boolean {
  const asked = sent(request);
  if (job.kind === "infer" && request.what === "labelled") {
    return Object.keys(request).length === 2 && isWithin(job.images, request.range);
  }
  return requestsOf(job).some((each) => isDeepStrictEqual(sent(each), asked));
}

/** A value as the other side of the protocol has it: without what was undefined. */
const sent = (value: unknown) => decodeMessage(encodeMessage(value));

type Range = Extract<SupplyRequest, { readonly what: "labelled" }>["range"];

function isWithin(whole: Range, part: Range): boolean {
  const { first, count, ...images } = part;
  const { first: from, count: length, ...own } = whole;
  const inside = Number.isInteger(first) && Number.isInteger(count) && first >= from && count > 0;
  return inside && first + count <= from + length && isDeepStrictEqual(sent(images), sent(own));
}

/** What a job names, but for parts of a range of images. */
function requestsOf(job: EngineJob): SupplyRequest[] {
  switch (job.kind) {
    case "probe":
    case "roofline":
      return [];
    case "infer":
      return job.models.flatMap((model): SupplyRequest[] =>
        "file" in model ? requestsOfFile(model.file) : [{ what: "model", model }],
      );
    case "measure": {
      const { labelled, members } = job;
      const more = labelled && members.kind === "networks";
      return [
        ...requestsOfMembers(members),
        ...(more ? [imagesRequest(labelled.images, members.pair)] : []),
      ];
    }
    case "prove":
    case "explain":
    case "soak":
    case "race":
    case "nodes":
      return requestsOfMembers(job.members);
  }
}

function requestsOfMembers(
  members: Extract<CaseMembers, { kind: "files" }> | { kind: "networks"; pair: PairDescription },
): SupplyRequest[] {
  if (members.kind === "files") {
    const { files, inputs } = members;
    return [...files.flatMap(requestsOfFile), { what: "inputs", path: inputs }];
  }
  const { pair } = members;
  return [
    ...(["plain", "se"] as const).map((member): SupplyRequest => {
      return { what: "model", model: { pair, member, output: "logits", fixedGates: {} } };
    }),
    imagesRequest(pair.images, pair),
  ];
}

/** An engine takes a model's file as it is, or as the network that it is imported as. */
function requestsOfFile(file: ModelFileDescription): SupplyRequest[] {
  return [
    { what: "file", file },
    { what: "imported", file },
  ];
}

function imagesRequest(
  images: PairDescription["images"],
  { imageSize }: PairDescription,
): SupplyRequest {
  return { what: "images", images, imageSize };
}
