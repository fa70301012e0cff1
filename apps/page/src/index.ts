export { buildPage } from "./build-page.ts";
export { type PageServer, type PageServerOptions, startPageServer } from "./page-server.ts";
export { type Asker, type SessionHandler, SessionRefusal } from "./session-endpoint.ts";
