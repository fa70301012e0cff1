export type {
  MemberSource,
  PageApi,
  PageExplainJob,
  PageJob,
  PageModels,
  PageRaceJob,
  PageResult,
  PageWindow,
} from "../browser/page-api.ts";
export { buildPage } from "./build-page.ts";
export { type PageServer, type PageServerOptions, startPageServer } from "./page-server.ts";
