export {
  type AdapterInfo,
  describeAdapter,
  isSoftware,
  missingAdapter,
  type Missing,
  isSoftwareName,
} from "./adapter.ts";
export { DeviceWatch, watchFaults } from "./device-watch.ts";
export { fetchedBinary } from "./fetched-binary.ts";
export { otherThreads, type WorkingThreads } from "./threads.ts";
export { describeWebnn, missingWebnn, webnnDeviceType } from "./webnn.ts";
