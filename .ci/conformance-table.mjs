/**
 * Which runtimes passed the conformance suite, one line each, from the JSON that
 * vitest wrote: `node .ci/conformance-table.mjs tests.json`.
 */
import { readFileSync } from "node:fs";

const { testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const rows = new Map();
for (const { ancestorTitles, status } of testResults.flatMap((file) => file.assertionResults)) {
  const title = ancestorTitles.find((each) => each.startsWith("the engine of "));
  if (title === undefined) continue;
  const [, runtime, host] = /^the engine of (\S+) on (\S+)$/.exec(title);
  const row = rows.get(title) ?? { runtime, host, passed: 0, failed: 0, skipped: 0 };
  row[status === "passed" || status === "failed" ? status : "skipped"] += 1;
  rows.set(title, row);
}

for (const { runtime, host, ...counts } of rows.values()) {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const words = told.map(([name, count]) => `${count} ${name}`).join(", ");
  console.log(`${runtime.padEnd(30)} ${host.padEnd(10)} ${words}`);
}
