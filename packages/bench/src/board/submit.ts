import { boardPairs, buildMember, imagesOf } from "@sebench/pairs";
import { oracleLogits, shippedOracleDirectory } from "@sebench/reference";
import {
  appendToBoard,
  type BoardRow,
  faultOf,
  type LeftCase,
  type Measurement,
  type OwnDevice,
  readSubmitted,
  rowOf,
  type Submission,
} from "@sebench/results";
import { classesOf, InputError } from "@sebench/spec";

/** What is asked of a submission. */
export interface SubmitOptions extends Submission {
  /** The files, each with pasted blocks, a block's JSON, or a run's record. */
  readonly files: readonly string[];
  /** What the person says of the machine of a run's record. */
  readonly own: OwnDevice;
  /** The board's file, or null where nothing is to be appended. */
  readonly board: string | null;
}

/** One measurement that was submitted and is believed. */
export interface SubmittedRow {
  readonly file: string;
  readonly row: BoardRow;
  /** Whether its logits were held against the oracle's here. */
  readonly answersChecked: boolean;
}

/** What became of a submission. */
export interface SubmitOutcome {
  /** The rows that the board did not have, or that it would get. */
  readonly added: readonly SubmittedRow[];
  /** The rows that the board had already. */
  readonly known: readonly SubmittedRow[];
  /** The cases of runs that are none for the board, and why. */
  readonly left: readonly LeftCase[];
}

/**
 * Reads and judges what is submitted, and appends it to the board if all of it is believed.
 *
 * @throws InputError for the first file that cannot be read, or whose measurements are not believed;
 *   the board is left as it was then
 */
export async function submit(options: SubmitOptions): Promise<SubmitOutcome> {
  const { files, own, board, accepted, by, source } = options;
  const rows: SubmittedRow[] = [];
  const left: LeftCase[] = [];
  for (const file of files) {
    const submitted = await readSubmitted(file, own);
    left.push(...submitted.left);
    for (const made of submitted.measurements) {
      const answersChecked = await requireBelieved(made, file);
      rows.push({ file, row: rowOf(made, { accepted, by, source }), answersChecked });
    }
  }
  if (rows.length === 0) throw noneFor(files, left);
  if (board === null) return { added: rows, known: [], left };
  const written = await appendToBoard(
    board,
    rows.map(({ row }) => row),
  );
  const isAdded = new Set(written.added);
  return {
    added: rows.filter(({ row }) => isAdded.has(row)),
    known: rows.filter(({ row }) => !isAdded.has(row)),
    left,
  };
}

function noneFor(files: readonly string[], left: readonly LeftCase[]): InputError {
  const [first] = left;
  const why = first === undefined ? "" : `: of ${first.id} it is told that ${first.why}`;
  return new InputError(`${files.join(", ")} holds no measurement for the board${why}`, {
    remedy: "submit a run of the profile quick or full, whose cases have intervals",
  });
}

/** Throws unless a measurement is believed, and says whether its answers were checked here. */
async function requireBelieved(made: Measurement, file: string): Promise<boolean> {
  const refuse = (fault: string) =>
    new InputError(`${file} is not believed: ${fault}`, {
      remedy: "measure again, and submit what the page or bench run wrote, unchanged",
    });
  const fault = faultOf(made, Date.now());
  if (fault !== null) throw refuse(fault);
  const found = await checkAnswers(made);
  if (found === "wrong") throw refuse("its logits are not the oracle's");
  return found === "right";
}

/**
 * Holds the logits of a measurement against the oracle's, where its pair is one of the board's, of
 * which the oracle's answers ship.
 */
async function checkAnswers({ logits, subject, parity }: Measurement) {
  const pair = boardPairs().find(
    ({ networks, imageSize, weights, images }) =>
      networks.se === subject.network &&
      imageSize === subject.imageSize &&
      JSON.stringify(weights) === JSON.stringify(subject.weights) &&
      images.dataset === subject.images.dataset &&
      images.count === subject.images.count,
  );
  if (logits === null || pair === undefined) return "not checked";
  const images = await imagesOf(pair);
  for (const member of ["plain", "se"] as const) {
    const { network, weights } = await buildMember(pair, member);
    const cacheDirectories = [shippedOracleDirectory];
    const oracle = await oracleLogits({ network, weights, images, cacheDirectories });
    const expected = oracle.subarray(0, classesOf(network));
    const given = logits[member];
    if (given.length > expected.length) return "wrong";
    const scale = Math.max(...expected.map(Math.abs));
    const apart = Math.max(...given.map((logit, at) => Math.abs(logit - expected[at]!)));
    if (apart > parity.tolerance * scale) return "wrong";
  }
  return "right";
}
