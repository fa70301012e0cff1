import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { InputError, systemFault } from "@sebench/spec";
import { z } from "zod";
import { inTurn } from "../record/hold-file.ts";
import { appendUnknown, type LineForm, readLines, type Lines } from "../record/json-lines.ts";
import { makeFolder } from "../record/replace-file.ts";
import { day, label, type Measurement, measurement } from "./measurement.ts";

/** The schema of the board's rows that this version writes and reads. */
const boardVersion = "sebench-board/1";

/** A measurement on the board: a line of its file. */
const boardRow = z.strictObject({
  schema: z.literal(boardVersion),
  /** The SHA-256 of what was measured, by which a measurement is on the board once. */
  id: z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256"),
  /** The day on which it was taken in. */
  accepted: day,
  /** Who submitted it, such as the name of an account. */
  by: label.max(40),
  /** Where it was submitted, such as an issue, or null. */
  source: z
    .url({ protocol: /^https$/, hostname: z.regexes.domain })
    .max(300)
    .nullable(),
  measurement,
});
export type BoardRow = z.infer<typeof boardRow>;

/** The file of the board unless another is named. */
export const boardFile = "results/board/measurements.jsonl";

/** Who submits measurements, and where. */
export type Submission = Pick<BoardRow, "accepted" | "by" | "source">;

/** The row of a measurement. */
export function rowOf(made: Measurement, { accepted, by, source }: Submission): BoardRow {
  return boardRow.parse({
    schema: boardVersion,
    id: idOf(made),
    accepted,
    by,
    source,
    measurement: made,
  });
}

/** The hash of what was measured; the name that a person gave the device takes no part. */
function idOf(made: Measurement): string {
  const { device, ...rest } = made;
  const { system, processor, cores, adapter } = device;
  const told = { ...rest, device: { system, processor, cores, adapter } };
  return createHash("sha256").update(sortedJson(told)).digest("hex");
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const form: LineForm<BoardRow> = {
  read(value) {
    const row = boardRow.parse(value);
    if (row.id !== idOf(row.measurement)) throw new Error("its id is not that of its measurement");
    return row;
  },
  keyOf: ({ id }) => id,
};

/** Reads the board's file, which may be missing. */
export async function readBoard(path: string): Promise<Lines<BoardRow>> {
  try {
    const { records, damaged } = await readLines(path, form);
    return { records, damaged };
  } catch (cause) {
    throw new InputError(`cannot read ${path}: ${(cause as Error).message}`, {
      remedy: "name the board's file with --board",
      cause,
    });
  }
}

/** Appends the rows that the board does not have, and says which it had. Writers take turns. */
export async function appendToBoard(
  path: string,
  rows: readonly BoardRow[],
): Promise<{ readonly added: readonly BoardRow[]; readonly known: readonly BoardRow[] }> {
  try {
    await makeFolder(dirname(path));
    return await inTurn(path, () => appendUnknown(path, rows, form));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const what = `cannot write ${path}`;
    const remedy = "free its disk, or name with --board a file that can be written to";
    throw (
      systemFault(cause, { what, elsewhere: remedy }) ??
      new InputError(`${what}: ${(cause as Error).message}`, { remedy, cause })
    );
  }
}
