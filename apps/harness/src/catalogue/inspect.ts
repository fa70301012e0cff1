import { join, relative } from "node:path";
import { say } from "@sebench/cli";
import { inspectModel, parseInputSizes, writeTwin } from "@sebench/models";
import { inspectionHtml, inspectionMarkdown, inspectionTable } from "@sebench/report";
import { replaceFile } from "@sebench/results";
import { terminalOptions } from "../words/terminal.ts";

interface InspectFlags {
  readonly input?: readonly string[];
  readonly out?: string;
  readonly twin?: string;
  readonly json?: boolean;
}

/** Prints what a model is, and where its SE blocks are. */
export async function inspect(path: string, flags: InspectFlags): Promise<void> {
  const sizes = parseInputSizes(flags.input ?? []);
  const found = inspectModel(path, sizes);
  const { out } = flags;
  if (flags.twin !== undefined) {
    const { cut, left } = writeTwin(path, flags.twin, sizes);
    const rest = left.length === 0 ? "" : `; those ${left.join(" and ")} are left`;
    say(`${flags.twin}: ${path} without ${cut} of its ${found.blocks.length} SE blocks${rest}`);
  }
  if (out !== undefined) {
    await replaceFile(join(out, "inspection.json"), `${JSON.stringify(found, null, 2)}\n`);
    await replaceFile(join(out, "inspection.md"), inspectionMarkdown(found));
    await replaceFile(join(out, "inspection.html"), inspectionHtml(found));
  }
  if (flags.json) {
    console.log(JSON.stringify(found, null, 2));
    return;
  }
  console.log(inspectionTable(found, terminalOptions()));
  if (out === undefined) return;
  console.log(`\nReport: ${relative(process.cwd(), join(out, "inspection.html"))}`);
}
