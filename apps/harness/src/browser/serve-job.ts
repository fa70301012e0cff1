import type { Member } from "@sebench/measure";
import type { MemberSource, PageJob, PageServer } from "@sebench/page";
import type { Tensor } from "@sebench/spec";
import { fromWeights, writeSafetensors } from "@sebench/weights";
import { buildMember, imagesOf } from "../build-pair.ts";
import type { BuiltMember } from "../checkpoint-member.ts";
import type { MeasureJob, PairDescription } from "../job.ts";

/** Puts a case's networks, weights and images where the page can fetch them. */
export async function serveJob(server: PageServer, job: MeasureJob): Promise<PageJob> {
  const { labelled } = job;
  return {
    runtime: job.runtime,
    engine: job.engine,
    lowering: job.lowering,
    members: {
      plain: await serveMember(server, job.pair, "plain"),
      se: await serveMember(server, job.pair, "se"),
    },
    images: await serveImages(server, "images", job.pair),
    measure: job.measure,
    labelled: labelled && {
      ...labelled,
      images: await serveImages(server, "labelled", { ...job.pair, images: labelled.images }),
    },
  };
}

/** The URL of images `[n, channels, height, width]`. */
export function serveTensor(server: PageServer, name: string, images: Tensor): string {
  const tensors = fromWeights(new Map([["images", images]]));
  return server.serve(`${name}.safetensors`, writeSafetensors(tensors));
}

export function serveNetwork(
  server: PageServer,
  name: string,
  { network, weights }: BuiltMember,
): MemberSource {
  return {
    network: server.serve(`${name}.json`, JSON.stringify(network)),
    weights: server.serve(`${name}.safetensors`, writeSafetensors(fromWeights(weights))),
  };
}

async function serveImages(
  server: PageServer,
  name: string,
  pair: Pick<PairDescription, "images" | "imageSize">,
): Promise<string> {
  return serveTensor(server, name, await imagesOf(pair));
}

async function serveMember(
  server: PageServer,
  pair: PairDescription,
  member: Member,
): Promise<MemberSource> {
  return serveNetwork(server, member, await buildMember(pair, member));
}
