import type { PageWindow, Supplied, Supply, SupplyRequest } from "@sebench/jobs";
import { InputError, type Network, type Tensor } from "@sebench/spec";
import { readSafetensors, toWeights } from "@sebench/weights";

/**
 * A supply that asks the page's driver for what a job needs, and fetches it from the page's server.
 */
export function fetchedSupply(): Supply {
  return {
    async model(model) {
      const { network, weights, classes } = await ask({ what: "model", model });
      return {
        network: (await (await fetchOk(network)).json()) as Network,
        weights: toWeights(readSafetensors(await fetchBytes(weights))),
        classes,
      };
    },
    async images(images, imageSize) {
      return fetchImages(await ask({ what: "images", images, imageSize }));
    },
    async labelled(range) {
      const { images, labels, broken } = await ask({ what: "labelled", range });
      const none = { shape: [0], data: new Float32Array() };
      return {
        images: images === null ? none : await fetchImages(images),
        labels: Int32Array.from(labels),
        broken,
      };
    },
  };
}

async function ask<Asked extends SupplyRequest>(request: Asked): Promise<Supplied[Asked["what"]]> {
  const driver = (globalThis as unknown as PageWindow).sebenchSupply;
  if (!driver) throw new Error("nobody who drives this page serves what the job needs");
  return (await driver(request)) as Supplied[Asked["what"]];
}

async function fetchImages(url: string): Promise<Tensor> {
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
