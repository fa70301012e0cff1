import type { Size } from "@sebench/spec";
import type { Arrange } from "./kernel-writer.ts";

/** The shape of a convolution's filter in the network: `[out, in / groups, height, width]`. */
export interface FilterShape {
  readonly outChannels: number;
  readonly inChannels: number;
  readonly groups: number;
  readonly kernel: Size;
}

/** The number of outputs that lie side by side in tfjs's layout and fill a line of the cache. */
const sideBySide = 16;

/**
 * Arranges the filter of a dense convolution, `[height, width, in, out]`, zero between
 * groups, of the groups from `first` to before `first + count`.
 */
export function denseFilter(filter: FilterShape, first = 0, count = filter.groups): Arrange {
  const { inPerGroup, outPerGroup, cells } = measuresOf(filter);
  const [inputs, outputs] = [count * inPerGroup, count * outPerGroup];
  return (source, target) => {
    const start = first * outPerGroup * inPerGroup * cells;
    copyFilter(filter, count, source.subarray(start), target, (group, within, cell) => {
      return (cell * inputs + group * inPerGroup + within) * outputs + group * outPerGroup;
    });
  };
}

/**
 * Arranges the filter of a depthwise convolution, `[height, width, in, multiplier]`, by
 * which each input channel adds to each output channel of its group.
 */
export function depthwiseFilter(filter: FilterShape): Arrange {
  const { inPerGroup, outPerGroup } = measuresOf(filter);
  return (source, target) => {
    copyFilter(filter, filter.groups, source, target, (group, within, cell) => {
      return (cell * filter.inChannels + group * inPerGroup + within) * outPerGroup;
    });
  };
}

/** The inputs and outputs of a group, and the number of cells in the kernel. */
export function measuresOf({ inChannels, outChannels, groups, kernel }: FilterShape) {
  return {
    inPerGroup: inChannels / groups,
    outPerGroup: outChannels / groups,
    cells: kernel[0] * kernel[1],
  };
}

/**
 * Copies the filters of `groups` groups. `placeOf` gives the position of a group's outputs
 * in the target, for each of the group's inputs and each cell of the kernel.
 */
function copyFilter(
  filter: FilterShape,
  groups: number,
  source: Float32Array,
  target: Float32Array,
  placeOf: (group: number, within: number, cell: number) => number,
): void {
  const { inPerGroup, outPerGroup, cells } = measuresOf(filter);
  const perOutput = inPerGroup * cells;
  for (let group = 0; group < groups; group++) {
    for (let start = 0; start < outPerGroup; start += sideBySide) {
      const end = Math.min(start + sideBySide, outPerGroup);
      for (let within = 0; within < inPerGroup; within++) {
        for (let cell = 0; cell < cells; cell++) {
          const to = placeOf(group, within, cell);
          const from = group * outPerGroup * perOutput + within * cells + cell;
          for (let output = start; output < end; output++) {
            target[to + output] = source[from + output * perOutput]!;
          }
        }
      }
    }
  }
}
