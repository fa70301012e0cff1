import { lower } from "@sebench/lowering";
import { attribute, type Member } from "@sebench/measure";
import { describeMachine, type ExplanationRecord, explanationVersion } from "@sebench/results";
import { contentHash } from "@sebench/weights";
import { buildMember } from "../build-pair.ts";
import { provenance } from "../provenance.ts";
import { pairOf } from "../run-cases.ts";
import type { Subject } from "../study/run-study.ts";
import type { ExplainedCase } from "./explain-on.ts";

export async function describeExplanation(
  explained: ExplainedCase,
  answering: Subject["answering"],
  started: string,
): Promise<ExplanationRecord> {
  const { plan, weights, measurement } = explained;
  const { replicas, attestation } = measurement;
  const plain = await runMember(explained, "plain");
  const se = await runMember(explained, "se");
  const { overhead, ...attribution } = attribute(replicas, {
    plain: plain.network,
    se: se.network,
  });
  const proven = (member: Member) =>
    ({ ...attestation[member], proven: true, reason: null }) as const;
  const runs = (member: Member) =>
    replicas.reduce((sum, { profiles }) => sum + profiles[member].runs, 0);
  return {
    schema: explanationVersion,
    run: { started, finished: new Date().toISOString(), ...(await provenance()) },
    machine: await describeMachine(),
    ...answering,
    network: plan.network,
    plain: plan.plain,
    imageSize: plan.imageSize,
    batch: plan.batch,
    precision: "fp32",
    lowering: plan.lowering,
    weights: { ...weights.origin, hash: { plain: plain.hash, se: se.hash } },
    attestation: { plain: proven("plain"), se: proven("se") },
    replicas: replicas.length,
    runs: { plain: runs("plain"), se: runs("se") },
    ...attribution,
    overhead: { ratio: overhead.ratio, interval: overhead.interval },
  };
}

/** The member as it was run, and the hash of the weights that it was made of. */
async function runMember({ plan, weights }: ExplainedCase, member: Member) {
  const built = await buildMember(pairOf(plan, weights.source), member);
  const { network } = lower(built.network, built.weights, plan.lowering, plan);
  return { network, hash: await contentHash(built.weights) };
}
