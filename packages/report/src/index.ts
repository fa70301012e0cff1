export { csvReport } from "./csv-report.ts";
export { htmlReport } from "./html/html-report.ts";
export { markdownReport } from "./markdown-report.ts";
export { terminalTable, type TerminalOptions } from "./terminal-table.ts";
