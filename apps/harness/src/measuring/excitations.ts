import { describeExcitations, observeExcitations } from "@sebench/bench";
import { type ExcitationsRecord, writeExcitations } from "@sebench/results";
import { type ExcitationsFlags, readExcitationsRequest } from "../flags/dataset-flags.ts";
import { imageProgress } from "../words/progress.ts";
import { runStudy } from "./run-study.ts";

/** Reads a network's gates, fixes each in turn, reports, and gives the exit code. */
export async function excitations(flags: ExcitationsFlags): Promise<number> {
  const request = await readExcitationsRequest(flags);
  return runStudy<ExcitationsRecord>(
    {
      name: "excitations",
      options: request.options,
      async look({ host, answering }, started, signal) {
        const found = await observeExcitations(request, host, {
          signal,
          onImages: imageProgress,
        });
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
