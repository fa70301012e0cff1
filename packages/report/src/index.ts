export { boardPage } from "./board/page.ts";
export { boardTable } from "./board/groups.ts";
export { type BoundedPair, boundTable } from "./bound-table.ts";
export { calibrationTable } from "./calibration-table.ts";
export { bandwidthText, boundSentence, boundText, peakText } from "./case/bound-text.ts";
export { commentMarker, comparisonMarkdown } from "./comparison/markdown.ts";
export { comparisonTable } from "./comparison/table.ts";
export { csvReport } from "./csv-report.ts";
export { evaluationHtml, evaluationMarkdown, evaluationTable } from "./evaluation/reports.ts";
export { excitationsHtml } from "./excitations/page.ts";
export { excitationsMarkdown, excitationsTable } from "./excitations/text.ts";
export {
  differencesHtml,
  differencesMarkdown,
  differencesTable,
} from "./explanation/differences.ts";
export { explanationNodeData } from "./explanation/node-data.ts";
export { explanationHtml } from "./explanation/page.ts";
export { explanationMarkdown, explanationTable } from "./explanation/text.ts";
export { explanationTrace } from "./explanation/trace.ts";
export { historyPage } from "./history/page.ts";
export { historyTable } from "./history/table.ts";
export { htmlReport } from "./html-report.ts";
export { markdownReport } from "./markdown-report.ts";
export { inspectionHtml, inspectionMarkdown, inspectionTable } from "./inspection/reports.ts";
export { bencherMetrics, smallerIsBetter } from "./metric-formats.ts";
export { bisectionText, type BisectionRow, type BlockErrors } from "./numerics/bisection-text.ts";
export { recommendationTable } from "./recommendation-table.ts";
export { soakHtml } from "./soak/page.ts";
export { soakMarkdown, soakTable } from "./soak/text.ts";
export { terminalTable } from "./terminal-table.ts";
export type { TerminalOptions } from "./text/text-table.ts";
export { optimizationTable } from "./optimization-table.ts";
export { tuningTable } from "./tuning-table.ts";
export {
  type HalfBlock,
  type HalfLogits,
  type HalfSafety,
  type HalfStudy,
  halfText,
} from "./numerics/half-text.ts";
