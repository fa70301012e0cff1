/**
 * This program measures the time and memory that writing SE-ResNet-152 as ONNX takes. It
 * is a process of its own, since the system's count of peak memory is of the whole process:
 * `pnpm --filter @sebench/onnx bench:export`.
 */
import { defaultLowering, lower } from "@sebench/lowering";
import { buildNetwork, elementCount, parametersOf } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { encodeOnnx } from "../src/index.ts";

const targets = { seconds: 2, peakOverModel: 2.5 };

const network = buildNetwork("se-resnet152");
const bare = process.memoryUsage.rss();
const weights = seededWeights(network, 1);
const parameters = parametersOf(network).reduce((sum, { shape }) => sum + elementCount(shape), 0);
const peakBefore = peakBytes();

const lowered = lower(network, weights, defaultLowering(network));

const start = performance.now();
const cpuStart = process.cpuUsage();
const model = encodeOnnx(lowered, { batch: 1 });
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(cpuStart);

const peakOverModel = peakBytes() / model.length;
console.log(`model                          ${megabytes(model.length)}
weights in memory              ${megabytes(parameters * 4)}
process without weights        ${megabytes(bare)}
peak of the process before     ${megabytes(peakBefore)}
peak of the process after      ${megabytes(peakBytes())}
peak over the model's size     ${peakOverModel.toFixed(3)} (below ${targets.peakOverModel})
time, first and only export    ${seconds.toFixed(3)} s (below ${targets.seconds})
of the CPU, user and system    ${(cpu.user / 1e6).toFixed(3)} s, ${(cpu.system / 1e6).toFixed(3)} s`);
if (seconds >= targets.seconds || peakOverModel >= targets.peakOverModel) process.exitCode = 1;

/** The peak memory since the process began. */
function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
