import { type ExcitationsRecord, writeExcitations } from "@sebench/results";
import { describeExcitations } from "../excitations/describe-excitations.ts";
import {
  type ExcitationsFlags,
  readExcitationsRequest,
} from "../excitations/excitations-request.ts";
import { observeExcitations } from "../excitations/observe-excitations.ts";
import { runStudy } from "../study/run-study.ts";

/** Reads a network's gates, fixes each in turn, reports, and gives the exit code. */
export async function excitations(flags: ExcitationsFlags): Promise<number> {
  const request = await readExcitationsRequest(flags);
  return runStudy<ExcitationsRecord>(
    {
      name: "excitations",
      options: request.options,
      async look({ host, answering }, started, signal) {
        const found = await observeExcitations(request, host, signal);
        return describeExcitations(request, found, answering, started);
      },
      write: writeExcitations,
      async forms() {
        const report = await import("@sebench/report");
        return {
          markdown: report.excitationsMarkdown,
          html: report.excitationsHtml,
          table: report.excitationsTable,
        };
      },
    },
    flags,
  );
}
