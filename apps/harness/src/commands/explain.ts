import { type ExplanationRecord, writeExplanation } from "@sebench/results";
import { describeExplanation } from "../explanation/describe-explanation.ts";
import { explainOn } from "../explanation/explain-on.ts";
import { type ExplainFlags, readExplainOptions } from "../explanation/explain-options.ts";
import { runStudy } from "../study/run-study.ts";
import { withTunings } from "../tuning/tuned-lowering.ts";

/** Takes the overhead of one case apart, reports, and gives the exit code. */
export async function explain(flags: ExplainFlags): Promise<number> {
  const options = await withTunings(readExplainOptions(flags));
  return runStudy<ExplanationRecord>(
    {
      name: "explanation",
      options,
      async look({ target, host, answering }, started, signal) {
        const explained = await explainOn(options, target, host, signal);
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
