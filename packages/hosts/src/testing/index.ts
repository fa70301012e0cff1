export { findBrowser } from "../chromium/find-browser.ts";
