export { type CalledPage, openCalledPage } from "./called-runtime.ts";
export { pageRuntime } from "./page-runtime.ts";
export { buildStaticSite } from "../static-site.ts";
export { buildTestPage, openPage, type TestPage } from "./test-browser.ts";
