export { type AdapterInfo, describeAdapter, isSoftware, missingAdapter } from "./adapter.ts";
export { fetchedBinary } from "./fetched-binary.ts";
export type { Missing } from "./missing.ts";
export { isSoftwareName } from "./software-name.ts";
export { otherThreads, type WorkingThreads } from "./threads.ts";
