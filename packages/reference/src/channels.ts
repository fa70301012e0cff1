/** Joins values end to end, which for row-major maps is along channels. */
export function concat(parts: readonly Float64Array[]): Float64Array {
  const output = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    output.set(part, at);
    at += part.length;
  }
  return output;
}

/** Moves channel `a * (channels / groups) + b` to `b * groups + a`. */
export function channelShuffle(
  input: Float64Array,
  channels: number,
  groups: number,
): Float64Array {
  const planeSize = input.length / channels;
  const perGroup = channels / groups;
  const output = new Float64Array(input.length);
  for (let channel = 0; channel < channels; channel++) {
    const group = Math.floor(channel / perGroup);
    const target = (channel % perGroup) * groups + group;
    const plane = input.subarray(channel * planeSize, (channel + 1) * planeSize);
    output.set(plane, target * planeSize);
  }
  return output;
}
