import { dirname, join } from "node:path";
import type { FileMembers } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import type { attribute } from "@sebench/measure";
import { type MarkedNode, writeMarked } from "@sebench/models";
import { importedFile, type ModelFileDescription } from "@sebench/pairs";
import type { RuntimeId } from "@sebench/runtime";
import type { FedModel } from "./feed-models.ts";
import { filesOf } from "./model-truth.ts";
import { type ModelMember, seatedName } from "./model-member.ts";
import { loadsOnnx } from "./plan-models.ts";

/** A model that has a twin. */
interface Paired extends FedModel {
  readonly plain: ModelMember;
}

/** Both members of a model, as files whose kernels can be told apart by the nodes' names. */
interface MarkedPair {
  readonly files: FileMembers;
  /** The nodes of both members as the runtime runs them. */
  nodes(): Promise<Parameters<typeof attribute>[1]>;
  /** A name of a kernel with the user's name of its node. */
  titled(name: string): string;
}

/**
 * Gives the files of a model and its twin for a runtime that is profiled. An engine that loads ONNX
 * is given copies in which every node has a name of its own; the network that others are given has
 * such names already.
 */
export function markedPair(fed: Paired, runtime: RuntimeId): MarkedPair {
  if (!loadsOnnx(runtime)) return { files: filesOf(fed), nodes: importedNodes(fed), titled };
  const { model, plain, given } = fed;
  const { se } = model;
  // The twin's folder is the run's own, and has copies of the files that hold weights.
  const folder = dirname(plain.file.path);
  const from = se.file.external.length === 0 ? se.file.path : join(folder, seatedName);
  const to = { se: join(folder, "marked.onnx"), plain: join(folder, "marked-twin.onnx") };
  const sizes = new Map(Object.entries(se.file.sizes));
  const nodes = writeMarked({ se: from, plain: plain.file.path }, to, sizes);
  const titles = new Map(nodes.se.map(({ name, title }) => [name, title]));
  const at = (path: string, file: ModelFileDescription) => ({ ...file, path });
  return {
    files: {
      kind: "files",
      files: [at(to.plain, plain.file), at(to.se, se.file)],
      inputs: given.path,
    },
    nodes: async () => ({ plain: { nodes: nodes.plain }, se: { nodes: nodes.se } }),
    titled: (name) => name.replaceAll(markPattern, (mark) => titles.get(mark) ?? mark),
  };
}

const markPattern = /<\d+>/g;

const titled = (name: MarkedNode["title"]) => name;

/** The nodes of the networks that a model and its twin are imported as. */
const importedNodes =
  ({ model, plain }: Paired): MarkedPair["nodes"] =>
  async () => {
    const nodesOf = ({ file }: ModelMember) => {
      const { network, weights } = importedFile(file);
      return lower(network, weights, "conv1x1", { batch: model.batch }).network;
    };
    return { plain: nodesOf(plain), se: nodesOf(model.se) };
  };
