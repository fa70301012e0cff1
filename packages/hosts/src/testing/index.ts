export { findFirefox } from "../browsers/firefox.ts";
export { findWebkitgtk } from "../browsers/webkitgtk.ts";
export { findBrowser } from "../chromium/find-browser.ts";
