import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { shippedOracleDirectory } from "@sebench/reference";

/**
 * The folders in which the oracle's answers are looked for; new answers are kept in the last one.
 */
export function oracleDirectories(): string[] {
  return [shippedOracleDirectory, join(defaultCacheDirectory(), "oracle")];
}
