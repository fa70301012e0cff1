import { join, relative } from "node:path";
import { inspectModel, parseInputSizes } from "@sebench/models";
import { inspectionHtml, inspectionMarkdown, inspectionTable } from "@sebench/report";
import { replaceFile } from "@sebench/results";
import { terminalOptions } from "../words/terminal.ts";

interface InspectFlags {
  readonly input?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** Prints what a model is, and where its SE blocks are. */
export async function inspect(path: string, flags: InspectFlags): Promise<void> {
  const found = inspectModel(path, parseInputSizes(flags.input ?? []));
  const { out } = flags;
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
