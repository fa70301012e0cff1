import { readNumber } from "@sebench/cli";
import type { Preprocessing } from "@sebench/datasets";
import {
  ownPreprocessing,
  type PreprocessingChoice,
  type PreprocessingName,
} from "@sebench/datasets/preprocessing";
import { InputError } from "@sebench/spec";

/** The flags that say how images are made ready, as the command line gives them. */
export interface PreprocessingFlags {
  readonly preprocessing?: PreprocessingName;
  readonly mean?: string;
  readonly std?: string;
  readonly resize?: string;
  readonly interpolation?: Preprocessing["interpolation"];
}

/**
 * The preprocessing that the flags ask for, or null where they ask for none.
 *
 * @param usual the preprocessing that the flags change where they do not name one, or null
 * @param size the least length of the shorter edge, in pixels
 */
export function readPreprocessing(
  { preprocessing, mean, std, resize, interpolation }: PreprocessingFlags,
  usual: PreprocessingChoice | null,
  size: number,
): PreprocessingChoice | null {
  const parts = [mean, std, resize, interpolation];
  if (parts.every((part) => part === undefined)) return preprocessing ?? null;
  const from = preprocessing ?? usual;
  const missing = Object.entries({ mean, std, resize }).find(([, value]) => value === undefined);
  if (from === null && missing !== undefined) {
    throw new InputError(`--${missing[0]} is missing, and nothing says what it is`, {
      remedy: "give --mean, --std and --resize, or the rest by --preprocessing NAME",
    });
  }
  const base = ownPreprocessing(from ?? "torchvision", {});
  return ownPreprocessing(base, {
    normalisation: {
      mean: mean === undefined ? base.normalisation.mean : readColours("--mean", mean, 0),
      deviation: std === undefined ? base.normalisation.deviation : readColours("--std", std, 1e-6),
    },
    ...(resize === undefined ? {} : { resize: readResize(resize, size) }),
    ...(interpolation === undefined ? {} : { interpolation }),
  });
}

/** Reads the values of red, green and blue, or one for all three. */
function readColours(
  flag: string,
  text: string,
  from: number,
): Preprocessing["normalisation"]["mean"] {
  const values = text
    .split(",")
    .map((part) => readNumber(flag, part, { from, to: 1, whole: false }));
  const [red, green = red, blue = red] = values;
  if (values.length === 1 || values.length === 3) return [red!, green!, blue!];
  throw new InputError(`${flag} is "${text}"`, {
    remedy: "give three numbers for red, green and blue in 0..1, or one for all",
  });
}

function readResize(text: string, size: number): Preprocessing["resize"] {
  if (text === "none" || text === "both") return { kind: text };
  const [word, edge = String(size), ...rest] = text.split(":");
  if (word === "shorter" && rest.length === 0) {
    return { shorter: readNumber("--resize shorter", edge, { from: size, to: 65_535 }) };
  }
  throw new InputError(`--resize is "${text}"`, {
    remedy: "give none, both, shorter, or shorter:PIXELS",
  });
}
