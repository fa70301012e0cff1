import { countImages, type DatasetName, loadImages } from "@sebench/datasets";
import type { AnswerTo, LabelledJob, OracleJob } from "@sebench/jobs";
import type { WeightsOrigin } from "@sebench/results";
import type { LabelledAnswers } from "../case/accuracy.ts";
import type { CasePlan } from "./case-plan.ts";
import type { Profile } from "./profile.ts";

/**
 * The labelled images that a case's sessions are asked about; null where there is
 * nothing to learn: the weights are of other images, or have learned nothing.
 */
export function planLabelled(
  { images: { dataset } }: CasePlan,
  origin: WeightsOrigin,
  { labelled: { most, least, secondsPerMember } }: Profile,
): LabelledJob | null {
  // A checkpoint of ten classes may be of any ten things.
  if (origin.kind !== "trained" || origin.dataset !== dataset) return null;
  return {
    images: { dataset, count: Math.min(most, countImages(dataset)) },
    least,
    budgetMs: secondsPerMember === null ? null : secondsPerMember * 1000,
  };
}

/** All of a data set, whatever number of them a case has time for: one answer of the oracle serves all cases. */
export function allImagesOf(dataset: DatasetName): CasePlan["images"] {
  return { dataset, count: countImages(dataset) };
}

/** @param oracle of all images of the data set */
export async function labelledAnswers(
  { dataset }: CasePlan["images"],
  imageSize: number,
  oracle: AnswerTo<OracleJob>,
): Promise<LabelledAnswers> {
  const all = allImagesOf(dataset);
  const { labels } = await loadImages({ ...all, size: imageSize });
  if (labels === null) throw new Error(`the images of ${dataset} have no labels`);
  const { plain, se } = oracle;
  return {
    dataset,
    classes: se.classes,
    labels,
    oracle: { plain: plain.logits, se: se.logits },
  };
}
