/**
 * This program measures this project's ONNX beside PyTorch's own export of the same network
 * with the same weights, both in onnxruntime on the CPU, 224 pixels, batch 1:
 * `pnpm --filter @sebench/onnx bench:pytorch [ROUNDS]`. It needs Debian's `python3-torch`
 * and `python3-torchvision`.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultLowering, lower, obstacleTo, passNames } from "@sebench/lowering";
import { median, trimmedMean } from "@sebench/measure";
import { encodeOnnx } from "../src/index.ts";
import { buildNetwork } from "@sebench/spec";
import { fromWeights, seededWeights, type Weights, writeSafetensors } from "@sebench/weights";
import ort from "onnxruntime-node";

const networks = ["se-resnet50", "se-resnext50-32x4d"];
/** The rounds of each replica. */
const rounds = Number(process.argv[2] ?? 10);

/** The replicas, each with new sessions, since the place of a session's memory sways its time. */
const replicas = 4;
const runsPerVisit = 5;
/** The highest ratio of the default lowering's time to that of PyTorch's export. */
const highestRatio = 1.01;

/** One way to write a network, and the times measured of it. */
interface Contender {
  readonly name: string;
  readonly model: Uint8Array;
  /** The median of each visit, in ms. */
  readonly visits: number[];
}

const images = new ort.Tensor(
  "float32",
  Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => Math.sin(index * index)),
  [1, 3, 224, 224],
);

for (const name of networks) await compare(name);

async function compare(name: string): Promise<void> {
  const network = buildNetwork(name);
  const weights = seededWeights(network, 1);
  const pytorch = { name: "pytorch", model: await exportWithPyTorch(name, weights), visits: [] };
  const applicable = passNames.filter((each) => obstacleTo(network, each) === null);
  const ours = applicable.map((lowering): Contender => {
    const model = encodeOnnx(lower(network, weights, lowering), { batch: 1 });
    return { name: lowering, model, visits: [] };
  });
  const logits = await replicate([pytorch, ...ours]);
  console.log(`${name}, ${replicas} replicas of ${rounds} rounds of ${runsPerVisit} runs each`);
  console.log(`  pytorch ${median(pytorch.visits).toFixed(2)} ms`);
  for (const each of ours) {
    report(each, pytorch, each.name === defaultLowering(network));
    const difference = relativeDifference(logits.get(each.name)!, logits.get(pytorch.name)!);
    console.log(`    logits differ by ${difference.toExponential(1)}, relative`);
  }
}

/** Measures the contenders, appending to their `visits`; returns the logits by the contender's name. */
async function replicate(contenders: readonly Contender[]): Promise<Map<string, Float32Array>> {
  const logits = new Map<string, Float32Array>();
  for (let replica = 0; replica < replicas; replica++) {
    const opened: { contender: Contender; session: ort.InferenceSession }[] = [];
    for (const contender of shuffled(contenders)) {
      const session = await open(contender);
      const output = await session.run({ images });
      logits.set(contender.name, (await output["logits"]!.getData()) as Float32Array);
      opened.push({ contender, session });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { contender, session } of shuffled(opened)) {
        contender.visits.push(await visit(session));
      }
    }
    for (const { session } of opened) await session.release();
  }
  return logits;
}

async function exportWithPyTorch(name: string, weights: Weights): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-pytorch-"));
  try {
    const [input, output] = [join(folder, "weights.safetensors"), join(folder, "model.onnx")];
    await writeFile(input, writeSafetensors(fromWeights(weights)));
    const script = fileURLToPath(new URL("make_pytorch_onnx.py", import.meta.url));
    execFileSync("/usr/bin/python3", [script, name, input, output], { stdio: "inherit" });
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function open({ model }: Contender): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, {
    // Threads that wait for one session's work would slow the others.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
}

async function visit(session: ort.InferenceSession): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runsPerVisit; run++) {
    const start = performance.now();
    await session.run({ images });
    times.push(performance.now() - start);
  }
  return median(times);
}

function report(each: Contender, pytorch: Contender, isDefault: boolean): void {
  const logRatios = each.visits.map((time, visited) => Math.log(time / pytorch.visits[visited]!));
  const ratio = Math.exp(trimmedMean(logRatios, 0.2));
  const target = isDefault ? `, the default: at most ${highestRatio}` : "";
  console.log(
    `  ${each.name} ${median(each.visits).toFixed(2)} ms, ratio ${ratio.toFixed(4)}${target}`,
  );
  if (isDefault && ratio > highestRatio) process.exitCode = 1;
}

function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!))) / largest;
}

/** A random permutation, by Fisher and Yates. */
function shuffled<Value>(values: readonly Value[]): Value[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
