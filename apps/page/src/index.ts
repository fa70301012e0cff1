export type {
  MemberSource,
  PageApi,
  PageJob,
  PageModels,
  PageResult,
  PageWindow,
} from "../browser/page-api.ts";
export { buildPage } from "./build-page.ts";
export { type PageServer, type PageServerOptions, startPageServer } from "./page-server.ts";
