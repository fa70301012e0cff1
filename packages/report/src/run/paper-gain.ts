import { InputError, type PublishedPair, publishedPairs } from "@sebench/spec";

/**
 * The errors that the paper (SENet v4) found without and with SE, a line for each of its settings:
 * `top-1 error 24.80 to 23.29 % (table 2)`. There are none for networks that are not in the paper.
 */
export function paperGains(network: string): string[] {
  const settings = new Map<string, number[]>();
  for (const pair of pairsOf(network)) {
    const errors = errorsOf(pair);
    settings.set(errors, [...(settings.get(errors) ?? []), pair.se.table]);
  }
  return [...settings].map(([errors, tables]) => {
    const source = `${tables.length === 1 ? "table" : "tables"} ${tables.join(", ")}`;
    return `${errors} (${source}${tables.includes(cifarTable) ? ", CIFAR-10" : ""})`;
  });
}

/**
 * The published pairs of a network. A record may be of another version, whose networks are not
 * known here: such a network has none.
 */
function pairsOf(network: string): PublishedPair[] {
  try {
    return publishedPairs(network);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

const cifarTable = 4;

function errorsOf({ plain, se }: PublishedPair): string {
  const [before, after] = [plain?.top1Error, se.top1Error].map((error) => error?.toFixed(2));
  return before === undefined ? `top-1 error ${after} %` : `top-1 error ${before} to ${after} %`;
}
