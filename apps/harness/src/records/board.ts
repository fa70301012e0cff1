import { submit, type SubmitOutcome } from "@sebench/bench/board";
import { boardPage, boardTable } from "@sebench/report";
import { boardFile, type DeviceKind, readBoard, replaceFile } from "@sebench/results";
import { InputError, oneLine } from "@sebench/spec";
import { terminalOptions } from "../words/terminal.ts";

export interface SubmitFlags {
  readonly by: string;
  readonly source?: string;
  readonly device?: DeviceKind;
  readonly deviceName?: string;
  readonly board?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Checks measurements, and appends those that the board does not have. */
export async function submitFiles(files: readonly string[], flags: SubmitFlags): Promise<void> {
  const { by, source = null, device = "computer", deviceName = null } = flags;
  requireLabel("--by", by, 40);
  if (deviceName !== null) requireLabel("--device-name", deviceName, 80);
  if (source !== null) requireHttps(source);
  const outcome = await submit({
    files,
    by,
    source,
    accepted: new Date().toISOString().slice(0, 10),
    own: { kind: device, name: deviceName },
    board: flags.check ? null : (flags.board ?? boardFile),
  });
  console.log(flags.json ? JSON.stringify(outcome) : told(outcome, flags.check === true));
}

/** What a person is told of each measurement, on a line of its own. */
function told({ added, known, left }: SubmitOutcome, onlyChecked: boolean): string {
  const lines = [
    ...added.map(({ row, answersChecked }) => {
      const { subject, device } = row.measurement;
      const answers = answersChecked ? ", its answers held against the oracle's again" : "";
      const what = onlyChecked ? "is believed" : "added";
      return `${what}: ${subject.network} on ${subject.runtime}, ${device.kind}${answers} (${row.id.slice(0, 12)})`;
    }),
    ...known.map(({ row }) => `on the board already: ${row.id.slice(0, 12)}`),
    ...leftOut(left),
  ];
  return lines.map(oneLine).join("\n");
}

/** The cases that are none for the board, by why they are none. */
function leftOut(left: SubmitOutcome["left"]): string[] {
  return [...new Set(left.map(({ why }) => why))].map((why) => {
    const { length } = left.filter((each) => each.why === why);
    return `left out: ${length === 1 ? "a case" : `${length} cases`}, where ${why}`;
  });
}

function requireLabel(flag: string, text: string, most: number): void {
  if (text.length > 0 && text.length <= most && text === oneLine(text)) return;
  throw new InputError(`${flag} is no text of one line and 1 to ${most} characters`, {
    remedy: `give ${flag} a shorter name`,
  });
}

function requireHttps(source: string): void {
  const isHttps = URL.canParse(source) && new URL(source).protocol === "https:";
  if (isHttps && source.length <= 300) return;
  throw new InputError("--source is no address of https with at most 300 characters", {
    remedy: "give the address of the issue, or leave --source out",
  });
}

/** Draws the board, or prints it. */
export async function board(flags: {
  readonly board?: string;
  readonly out?: string;
  readonly json?: boolean;
}): Promise<void> {
  const file = flags.board ?? boardFile;
  const { records, damaged } = await readBoard(file);
  for (const line of damaged) {
    console.error(oneLine(`${line} is no row of the board, and is left out`));
  }
  if (records.length === 0) {
    throw new InputError(`there are no measurements in ${file}`, {
      remedy: "add some with `pnpm bench submit FILE --by NAME`, or name the file with --board",
    });
  }
  if (flags.json) {
    console.log(JSON.stringify(records));
  } else if (flags.out !== undefined) {
    await replaceFile(flags.out, boardPage(records));
    console.log(flags.out);
  } else {
    console.log(boardTable(records, terminalOptions(160)));
  }
}
