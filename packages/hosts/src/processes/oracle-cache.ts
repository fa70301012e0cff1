import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { shippedOracleDirectory } from "@sebench/reference";

/** Where the oracle's answers are looked for, and, in the last of them, kept. */
export function oracleDirectories(): string[] {
  return [shippedOracleDirectory, join(defaultCacheDirectory(), "oracle")];
}
