/**
 * Which runtimes passed the conformance suite, one line each, from the JSON that
 * vitest wrote: `node .ci/conformance-table.mjs tests.json`. Fails where one that
 * needs no GPU was skipped, as where a fetch has failed.
 */
import { existsSync, readFileSync } from "node:fs";

/** The runtimes that are tested in browsers that Debian's packages bring, where those are installed. */
const inOtherBrowsers = [
  ["firefox", "/usr/bin/firefox-esr"],
  ["webkitgtk", "/usr/bin/WebKitWebDriver"],
].flatMap(([host, program]) =>
  existsSync(program)
    ? ["onnxruntime-web/wasm", "tfjs-web/wasm"].map((id) => `${id} on ${host} in fp32`)
    : [],
);

/** What Linux on x64 has, with a browser and what the first bench fetches. */
const required = [
  "onnxruntime-node/cpu on node in fp32",
  "onnxruntime-node/webgpu on node in fp32",
  "onnxruntime-web/wasm on node in fp32",
  "onnxruntime-web/wasm on chromium in fp32",
  "onnxruntime-web/webgpu on chromium in fp32",
  "onnxruntime-web/webgpu-jsep on chromium in fp32",
  "tfjs-node/cpu on node in fp32",
  "tfjs-web/cpu on chromium in fp32",
  "tfjs-web/wasm on chromium in fp32",
  "tfjs-web/webgl on chromium in fp32",
  "tfjs-web/webgpu on chromium in fp32",
  "litert-web/wasm on chromium in fp32",
  "litert-web/webgpu on chromium in fp32",
  "litert-web/webgpu on chromium in fp16",
  "onnxruntime-node/cpu on node in int8",
  "onnxruntime-web/wasm on node in int8",
  "onnxruntime-web/wasm on chromium in int8",
  "tfjs-web/webgl on chromium in fp16",
  ...inOtherBrowsers,
];

const { testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const rows = new Map(required.map((name) => [name, { passed: 0, failed: 0, skipped: 0 }]));
for (const { ancestorTitles, status } of testResults.flatMap((file) => file.assertionResults)) {
  const title = ancestorTitles.find((each) => each.startsWith("the engine of "));
  if (title === undefined) continue;
  const name = title.slice("the engine of ".length);
  const row = rows.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
  row[status === "passed" || status === "failed" ? status : "skipped"] += 1;
  rows.set(name, row);
}

for (const [name, counts] of rows) {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const words = told.map(([result, count]) => `${count} ${result}`).join(", ");
  console.log(`${name.padEnd(48)} ${words || "not tested"}`);
}

const unproven = required.filter((name) => rows.get(name).passed === 0);
if (unproven.length > 0) {
  console.error(`not one test passed of: ${unproven.join(", ")}`);
  process.exitCode = 1;
}
