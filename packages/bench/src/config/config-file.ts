import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runtimes } from "@sebench/hosts";
import { type Budget, type BudgetConfig, parseBudgetConfig } from "@sebench/results";
import { InputError, parseForeignJson, seName } from "@sebench/spec";
import { requireLowering } from "../plan/case-plan.ts";

const names = ["sebench.config.ts", "sebench.config.js", "sebench.config.json"];

/**
 * Reads the file of budgets that is named, or that lies in the working directory.
 *
 * @param named The path of the file, or null for the one in the working directory.
 * @returns What the file says, or null if none is named and none lies there.
 * @throws InputError that names the file, and the entry that is wrong
 */
export async function readConfig(named: string | null): Promise<BudgetConfig | null> {
  const file = named ?? names.find((name) => existsSync(name));
  if (file === undefined) return null;
  if (!existsSync(file)) {
    throw new InputError(`there is no file ${file}`, {
      remedy: "give --config a file of budgets, or leave it out",
    });
  }
  const config = parseBudgetConfig(await load(resolve(file), file), file);
  const budgets = config.budgets.map((budget, index) =>
    canonical(budget, `${file}: budgets[${index}]`),
  );
  return { ...config, budgets };
}

/** A budget with its names as records have them. */
function canonical(budget: Budget, place: string): Budget {
  const { runtime, network, lowering } = budget;
  if (runtime !== undefined && !runtimes.some(({ id }) => id === runtime)) {
    throw new InputError(`${place}: there is no runtime ${runtime}`, {
      remedy: `choose from ${runtimes.map(({ id }) => id).join(", ")}`,
    });
  }
  try {
    return {
      ...budget,
      network: seName(network),
      ...(lowering === undefined ? {} : { lowering: requireLowering(lowering) }),
    };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const remedy = cause.remedy === null ? {} : { remedy: cause.remedy };
    throw new InputError(`${place}: ${cause.message}`, { ...remedy, cause });
  }
}

async function load(path: string, file: string): Promise<unknown> {
  try {
    if (extname(path) === ".json") return parseForeignJson(await readFile(path, "utf8"));
    return defaultOf(await importFile(path));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`${file} cannot be read: ${(cause as Error).message}`, {
      remedy: "correct the file, or name another with --config",
      cause,
    });
  }
}

function defaultOf(module: object): unknown {
  return "default" in module ? module.default : undefined;
}

/** Imports JavaScript, or TypeScript if this Node can, or else by tsx or jiti. */
async function importFile(path: string): Promise<object> {
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_UNKNOWN_FILE_EXTENSION") throw error;
    const imported = (await importBy("tsx", path)) ?? (await importBy("jiti", path));
    if (imported !== null) return imported;
    throw new InputError(`Node ${process.versions.node} does not read ${basename(path)}`, {
      remedy:
        "use Node 22.18 or later, install tsx or jiti, or write the budgets as sebench.config.json or .js",
      cause: error,
    });
  }
}

interface Loaders {
  tsImport(specifier: string, parent: string): Promise<object>;
  createJiti(parent: string): { import(path: string): Promise<object> };
}

const loaders = {
  tsx: {
    entry: "tsx/esm/api",
    load: ({ tsImport }: Loaders, url: string) => tsImport(url, import.meta.url),
  },
  jiti: {
    entry: "jiti",
    load: ({ createJiti }: Loaders, url: string) => createJiti(import.meta.url).import(url),
  },
} as const;

/** Imports a file by a loader that is installed beside the file, or gives null where it is not. */
async function importBy(name: keyof typeof loaders, path: string): Promise<object | null> {
  const { entry, load: importIt } = loaders[name];
  const url = pathToFileURL(path).href;
  let resolved: string;
  try {
    resolved = createRequire(path).resolve(entry);
  } catch {
    return null;
  }
  return importIt((await import(pathToFileURL(resolved).href)) as Loaders, url);
}
