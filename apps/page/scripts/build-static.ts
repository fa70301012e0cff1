// Builds the static page: pnpm --filter @sebench/page build:static [FOLDER] [--issues URL]
import path from "node:path";
import { parseArgs } from "node:util";
import { InputError } from "@sebench/spec";
import { buildStaticSite } from "../src/static-site.ts";

try {
  const { values, positionals } = parseArgs({
    options: { issues: { type: "string" } },
    allowPositionals: true,
  });
  const [folder = "dist/static", ...others] = positionals;
  if (others.length > 0) throw new InputError(`there is one folder, and not ${positionals.length}`);
  // pnpm runs scripts in the package's folder; a path is meant from where it was typed.
  const outDir = path.resolve(
    process.env["INIT_CWD"] ?? "",
    positionals.length > 0 ? folder : path.resolve(folder),
  );
  await buildStaticSite({ outDir, issues: values.issues ?? null });
  console.log(outDir);
} catch (error) {
  const isInput =
    error instanceof InputError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!isInput) throw error;
  const remedy = error instanceof InputError && error.remedy !== null ? ` (${error.remedy})` : "";
  console.error(`${(error as Error).message}${remedy}`);
  process.exitCode = 2;
}
