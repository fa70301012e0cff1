import type { CaseAccuracy, MemberAccuracy } from "../case/accuracy-record.ts";

/** The accuracy of both members on 1,000 images, which is the oracle's too. */
export function sampleAccuracy(plain: number, se: number): CaseAccuracy {
  return {
    dataset: "fashion-mnist",
    images: 1000,
    plain: memberAccuracy(plain),
    se: memberAccuracy(se),
    seAgainstPlain: { onlySe: 20, onlyPlain: 20, p: 1 },
  };
}

/** The accuracy of a member, whose interval is two points wide. */
function memberAccuracy(top1: number): MemberAccuracy {
  return {
    correct: Math.round(1000 * top1),
    top1,
    interval: [top1 - 0.01, top1 + 0.01],
    oracle: { agreeing: 1000, top1, onlyHere: 0, onlyOracle: 0, p: 1 },
  };
}
