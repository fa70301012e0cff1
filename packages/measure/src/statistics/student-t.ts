/**
 * The `t` that Student's t exceeds in absolute value with probability
 * `1 - confidence`.
 *
 * @param confidence The confidence, in (0, 1).
 * @param degreesOfFreedom The degrees of freedom, a whole number from 1 on.
 */
export function criticalT(confidence: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = Math.PI / 2;
  while (true) {
    const angle = (low + high) / 2;
    if (angle === low || angle === high) {
      return Math.sqrt(degreesOfFreedom) * Math.tan(angle);
    }
    if (probabilityWithin(angle, degreesOfFreedom) < confidence) {
      low = angle;
    } else {
      high = angle;
    }
  }
}

/**
 * The probability that `|t| < tan(angle) * sqrt(degreesOfFreedom)`, by the finite
 * series of Abramowitz & Stegun, 26.7.3 for odd and 26.7.4 for even degrees of freedom.
 */
function probabilityWithin(angle: number, degreesOfFreedom: number): number {
  const odd = degreesOfFreedom % 2 === 1;
  const cosine = Math.cos(angle);
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let power = odd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2) {
    sum += term;
    term *= (cosine * cosine * (power + 1)) / (power + 2);
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/**
 * The probability that Student's t is at least as far from 0 as `t`.
 *
 * @param degreesOfFreedom The degrees of freedom, a whole number from 1 on.
 */
export function probabilityBeyond(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom));
  return Math.max(0, 1 - probabilityWithin(angle, degreesOfFreedom));
}
