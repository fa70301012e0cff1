import { join } from "node:path";

/** The folder of this package in the repository. */
export const packageFolder = join(import.meta.dirname, "..");

export const repository = join(packageFolder, "../..");

/** The folder of the package as it is published. */
export const dist = join(packageFolder, "dist");
