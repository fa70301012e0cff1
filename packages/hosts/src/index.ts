export type { BrowserOptions } from "./chromium/browser.ts";
export type { JobHost, ServingWorker, Watch } from "./host/host.ts";
export { runtimes, runtimeOf, type Target, optionalHosts, defaultHosts } from "./host/runtimes.ts";
export { type HostChoice, type OpenHosts, openHosts } from "./open-hosts.ts";
export { oracleDirectories } from "./processes/oracle-cache.ts";
export { processHost, runInProcess } from "./processes/process-host.ts";
export { thisNode } from "./processes/program.ts";
