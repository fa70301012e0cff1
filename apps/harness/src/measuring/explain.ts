import { describeExplanation, explainOn, withTunings } from "@sebench/bench";
import { type ExplanationRecord, writeExplanation } from "@sebench/results";
import { type ExplainFlags, readExplainOptions } from "../flags/study-flags.ts";
import { caseProgress } from "../words/progress.ts";
import { runStudy } from "./run-study.ts";

/** Takes the overhead of one case apart, reports, and gives the exit code. */
export async function explain(flags: ExplainFlags): Promise<number> {
  const options = await withTunings(readExplainOptions(flags));
  return runStudy<ExplanationRecord>(
    {
      name: "explanation",
      options,
      async look({ target, host, answering }, started, signal) {
        const explained = await explainOn(options, target, host, {
          signal,
          onProgress: caseProgress(),
        });
        return describeExplanation(explained, answering, started);
      },
      write: writeExplanation,
      async forms() {
        const report = await import("@sebench/report");
        return {
          markdown: report.explanationMarkdown,
          html: report.explanationHtml,
          table: report.explanationTable,
        };
      },
    },
    flags,
  );
}
