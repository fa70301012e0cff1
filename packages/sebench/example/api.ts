/** The API, as a program in TypeScript uses it. */
import { writeFile } from "node:fs/promises";
import {
  exportNetwork,
  listNetworks,
  listRuntimes,
  lowerNetwork,
  measurePair,
  NotMeasuredError,
  parityHolds,
  probeRuntimes,
  readRun,
  reportOf,
} from "sebench";

const [folder] = process.argv.slice(2);

const [probed] = await probeRuntimes({ runtimes: ["onnxruntime-node/cpu"], fetch: true });
if (probed?.availability.ok) console.log("version", probed.availability.version);
console.log("runtimes", listRuntimes().length, "networks", listNetworks().length);

const lowered = lowerNetwork("se-resnet8", "gate-resize");
console.log("nodes", lowered.network.nodes.length, lowered.lowering);
const { onnx, parity } = await exportNetwork({
  network: "se-resnet8",
  lowering: "gate-resize",
});
await writeFile("se-resnet8.onnx", onnx);
console.log("agrees", parity?.pass);

if (folder !== undefined) {
  const run = await readRun(folder);
  console.log("cases", run.cases.length, reportOf(run, "html").length > 1000);
}

try {
  const record = await measurePair({
    network: "se-resnet8",
    runtime: "onnxruntime-node/cpu",
    budgetSeconds: 1,
    threads: 1,
  });
  const { ratio, interval } = record.overhead;
  console.log("overhead", ratio > 0.2 && ratio < 5, interval?.length, parityHolds(record));
} catch (error) {
  if (!(error instanceof NotMeasuredError)) throw error;
  console.error(error.message, error.remedy);
  process.exitCode = 1;
}
