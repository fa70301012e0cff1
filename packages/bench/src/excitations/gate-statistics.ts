/** Mean and spread of rows of values, place by place. */
export interface Moments {
  readonly rows: number;
  readonly mean: Float64Array;
  /** The squared distances from the mean, summed over the rows. */
  readonly squares: Float64Array;
}

/** Statistics of gates over images, for all images and for each class; no row is kept. */
export class GateStatistics {
  readonly #length: number;
  readonly #byClass = new Map<number, GrowingMoments>();
  readonly all: Moments;
  readonly #all: GrowingMoments;

  /** @param length the length of a row: the channels of all gates, one gate after the other */
  constructor(length: number) {
    this.#length = length;
    this.#all = emptyMoments(length);
    this.all = this.#all;
  }

  add(label: number, row: Float32Array): void {
    const own = this.#byClass.get(label) ?? emptyMoments(this.#length);
    this.#byClass.set(label, own);
    addRow(own, row);
    addRow(this.#all, row);
  }

  /** The moments of the classes that were seen, by label, ascending. */
  get classes(): ReadonlyMap<number, Moments> {
    return new Map([...this.#byClass].toSorted(([one], [other]) => one - other));
  }

  /**
   * The share of the variance of the values `from` to `to - 1` that lies between the classes. It is
   * epsilon squared, which is 1 less the ratio of the mean square within classes to that of all
   * (Kelley 1935, "An unbiased correlation ratio measure"). It is about 0 where classes do not
   * matter, and may be below.
   *
   * @returns the share, or null where there is nothing to divide
   */
  betweenClasses(from: number, to: number): number | null {
    const classes = [...this.#byClass.values()];
    const sum = ({ squares }: Moments) =>
      squares.subarray(from, to).reduce((total, each) => total + each, 0);
    const within = classes.reduce((total, own) => total + sum(own), 0);
    const total = sum(this.#all);
    const free = this.#all.rows - classes.length;
    if (classes.length < 2 || free === 0 || total === 0) return null;
    return 1 - within / free / (total / (this.#all.rows - 1));
  }
}

/** The standard deviation of the rows at each place, with the number of rows as divisor. */
export function deviationOf({ rows, squares }: Moments): Float64Array {
  return squares.map((sum) => Math.sqrt(sum / rows));
}

type GrowingMoments = { -readonly [Key in keyof Moments]: Moments[Key] };

function emptyMoments(length: number): GrowingMoments {
  return { rows: 0, mean: new Float64Array(length), squares: new Float64Array(length) };
}

/** Adds a row by Welford's recurrence (1962), which does not lose what differs little. */
function addRow(moments: GrowingMoments, row: Float32Array): void {
  const { mean, squares } = moments;
  moments.rows++;
  for (let at = 0; at < mean.length; at++) {
    const distance = row[at]! - mean[at]!;
    mean[at]! += distance / moments.rows;
    squares[at]! += distance * (row[at]! - mean[at]!);
  }
}
