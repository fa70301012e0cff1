import type { Supply } from "@sebench/jobs";
import type { PairDescription } from "@sebench/pairs";
import { buildNetwork, classesOf, InputError, type Tensor } from "@sebench/spec";
import { readSafetensors, seededWeights, toWeights } from "@sebench/weights";
import { imagesFile, oracleFile, pairsFile, weightsFile } from "./supply-files.ts";

/** A supply that draws seeded weights in the page, and fetches all else from the page's own folder. */
export function shippedSupply(): Supply {
  const never = async (): Promise<never> => {
    throw new Error("this page brings no files of a person's own");
  };
  return {
    async model({ pair, member }) {
      const name = pair.networks[member];
      const network = buildNetwork(name, { imageSize: pair.imageSize });
      const { weights } = pair;
      const own =
        weights.kind === "seeded"
          ? seededWeights(network, weights.seed)
          : toWeights(readSafetensors(await fetchBytes(weightsFile(name))));
      return { network, weights: own, classes: classesOf(network) };
    },
    images: (images, imageSize) => fetchImages(imagesFile({ images, imageSize })),
    labelled: never,
    file: never,
    imported: never,
    inputs: never,
  };
}

async function fetchImages(file: string): Promise<Tensor> {
  const images = toWeights(readSafetensors(await fetchBytes(file))).get("images");
  if (images) return images;
  throw new InputError(`${file} holds no tensor "images"`);
}

/** The oracle's logits for a network and the images that ship, row-major `[images, classes]`. */
export async function fetchOracle(
  network: string,
  imageSize: number,
): Promise<{ readonly logits: Float64Array; readonly classes: number }> {
  const file = oracleFile(network, imageSize);
  const stored = readSafetensors(await fetchBytes(file)).tensors.get("logits");
  if (stored?.dtype !== "F64") throw new InputError(`${file} holds no logits`);
  return {
    logits: new Float64Array(Uint8Array.from(stored.bytes).buffer),
    classes: stored.shape[1]!,
  };
}

/** The pairs that the page measures. */
export async function fetchPairs(): Promise<readonly PairDescription[]> {
  const bytes = await fetchBytes(pairsFile);
  return JSON.parse(new TextDecoder().decode(bytes)) as PairDescription[];
}

async function fetchBytes(file: string): Promise<Uint8Array> {
  const response = await fetch(new URL(file, document.baseURI));
  if (!response.ok) throw new Error(`${file} answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
