import type { Plugin } from "vite";
import { repository } from "./folders.ts";

const commands =
  "run|list|paper|doctor|report|calibrate|bound|tune|compare|record|history|recommend|eval|excitations|explain|merge|plan|export";

/** Has messages and remedies name the commands as the package's users type them. */
export const packageWords: Plugin = {
  name: "sebench:words",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(repository) || id.includes("/node_modules/")) return null;
    return code
      .replaceAll(/(?:npx -y )?pnpm(?:@[\d.]+)? install( --force)?/g, "npm install$1")
      .replaceAll(/(?:npx -y )?pnpm(?:@[\d.]+)? bench\b/g, "npx sebench")
      .replaceAll(new RegExp(`(?<=["'\`( ])bench (?=(?:${commands})\\b)`, "g"), "npx sebench ")
      .replaceAll('new Command("bench")', 'new Command("sebench")')
      .replaceAll('"bench" alone', '"sebench" alone');
  },
};
