import type { PageWindow, Supplied, SupplyRequest } from "@sebench/jobs";
import type { PageServer } from "@sebench/page";
import type { Tensor } from "@sebench/spec";
import { fromWeights, writeSafetensors } from "@sebench/weights";
import { localSupply } from "../host/local-supply.ts";

/** Serves what a page asks for where the page can fetch it: networks, weights and images. */
export function serveSupply(server: PageServer): NonNullable<PageWindow["sebenchSupply"]> {
  const supply = localSupply();
  let served = 0;
  const serveImages = (name: string, images: Tensor): string =>
    server.serve(
      `${name}.safetensors`,
      writeSafetensors(fromWeights(new Map([["images", images]]))),
    );
  const answers: {
    readonly [What in SupplyRequest["what"]]: (
      request: Extract<SupplyRequest, { readonly what: What }>,
    ) => Promise<Supplied[What]>;
  } = {
    async model({ model }) {
      const { network, weights, classes } = await supply.model(model);
      const name = `model-${served++}`;
      return {
        network: server.serve(`${name}.json`, JSON.stringify(network)),
        weights: server.serve(`${name}.safetensors`, writeSafetensors(fromWeights(weights))),
        classes,
      };
    },
    images: async ({ images, imageSize }) =>
      serveImages(`images-${served++}`, await supply.images(images, imageSize)),
    async labelled({ range }) {
      const { images, labels, broken } = await supply.labelled(range);
      // One name serves all images, since a page asks for the next ones when it is done with the
      // last.
      const url = labels.length === 0 ? null : serveImages("labelled", images);
      return { images: url, labels: [...labels], broken };
    },
  };
  return (request) =>
    (answers[request.what] as (of: SupplyRequest) => Promise<Supplied[keyof Supplied]>)(request);
}
