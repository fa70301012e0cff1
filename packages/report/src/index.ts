export { type BoundedPair, boundTable } from "./bound-table.ts";
export { bandwidthText, boundSentence, boundText, peakText } from "./bound-text.ts";
export { calibrationTable } from "./calibration-table.ts";
export { commentMarker, comparisonMarkdown } from "./comparison/comparison-markdown.ts";
export { comparisonTable } from "./comparison/comparison-table.ts";
export { csvReport } from "./csv-report.ts";
export { historyPage } from "./history/history-page.ts";
export { historyTable } from "./history/history-table.ts";
export { htmlReport } from "./html/html-report.ts";
export { markdownReport } from "./markdown-report.ts";
export { terminalTable } from "./terminal-table.ts";
export { type TerminalOptions } from "./text-table.ts";
export { recommendationTable } from "./recommendation-table.ts";
export { tuningTable } from "./tuning-table.ts";
export { bencherMetrics, smallerIsBetter } from "./metric-formats.ts";
export {
  evaluationHtml,
  evaluationMarkdown,
  evaluationTable,
} from "./evaluation/evaluation-reports.ts";
export { excitationsHtml } from "./excitations/excitations-html.ts";
export { excitationsMarkdown, excitationsTable } from "./excitations/excitations-text.ts";
export { explanationHtml } from "./explanation/explanation-html.ts";
export { explanationMarkdown, explanationTable } from "./explanation/explanation-text.ts";
