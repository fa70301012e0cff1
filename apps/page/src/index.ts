export {
  buildPage,
  type PageServer,
  type PageServerOptions,
  startPageServer,
} from "./page-server.ts";
