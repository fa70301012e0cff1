import type { Member } from "@sebench/measure";
import type { MemberSource, PageExplainJob, PageJob, PageRaceJob, PageServer } from "@sebench/page";
import type { Tensor } from "@sebench/spec";
import { fromWeights, writeSafetensors } from "@sebench/weights";
import { buildMember, imagesOf } from "../build-pair.ts";
import type { BuiltMember } from "../checkpoint-member.ts";
import type { ExplainJob, MeasureJob, PairDescription, RaceJob } from "../job.ts";

/** Puts a case's networks, weights and images where the page can fetch them. */
export async function serveJob(server: PageServer, job: MeasureJob): Promise<PageJob> {
  const { labelled } = job;
  return {
    ...(await serveExplainJob(server, job)),
    labelled: labelled && {
      ...labelled,
      images: await serveImages(server, "labelled", { ...job.pair, images: labelled.images }),
    },
  };
}

/** The same for a case that is explained. */
export async function serveExplainJob(
  server: PageServer,
  { runtime, engine, lowering, pair, measure }: Omit<ExplainJob, "kind">,
): Promise<PageExplainJob> {
  return {
    runtime,
    engine,
    lowering,
    members: {
      plain: await serveMember(server, pair, "plain"),
      se: await serveMember(server, pair, "se"),
    },
    images: await serveImages(server, "images", pair),
    measure,
  };
}

/** The same for lowerings that race: only the members that do. */
export async function serveRaceJob(
  server: PageServer,
  { runtime, engine, pair, entrants, race }: RaceJob,
): Promise<PageRaceJob> {
  const members: Partial<Record<Member, MemberSource>> = {};
  for (const member of new Set(entrants.map((entrant) => entrant.member))) {
    members[member] = await serveMember(server, pair, member);
  }
  const images = await serveImages(server, "images", pair);
  return { runtime, engine, members, images, entrants, race };
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
