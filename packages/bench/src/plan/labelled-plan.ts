import { countImages, type DatasetName, loadImages } from "@sebench/datasets";
import type { AnswerTo, LabelledJob, OracleJob } from "@sebench/jobs";
import type { WeightsOrigin } from "@sebench/results";
import type { LabelledAnswers } from "../case/accuracy.ts";
import type { NetworkPlan } from "./case-plan.ts";
import type { Profile } from "./profile.ts";

/**
 * The labelled images that a case's sessions are asked about, or null where they can show nothing:
 * the weights were trained on other images, or have learned nothing.
 */
export function planLabelled(
  { images: { dataset } }: NetworkPlan,
  origin: WeightsOrigin,
  { labelled: { most, least, secondsPerMember } }: Profile,
): LabelledJob | null {
  // The ten classes of a checkpoint may be any ten things.
  if (origin.kind !== "trained" || origin.dataset !== dataset) return null;
  return {
    images: { dataset, count: Math.min(most, countImages(dataset)) },
    least,
    budgetMs: secondsPerMember === null ? null : secondsPerMember * 1000,
  };
}

/**
 * All images of a dataset, however many of them a case has time for, so that one answer of the
 * oracle serves all cases.
 */
export function allImagesOf(dataset: DatasetName): NetworkPlan["images"] {
  return { dataset, count: countImages(dataset) };
}

/**
 * Joins the labels of a dataset with the oracle's answers.
 *
 * @param oracle the oracle's logits for all images of the dataset
 */
export async function labelledAnswers(
  { dataset }: NetworkPlan["images"],
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
