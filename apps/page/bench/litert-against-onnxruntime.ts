import type { PageWindow } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { overheadEstimate, type PairedRounds } from "@sebench/measure";
import { readFileSync } from "node:fs";
import { storeModel as storeOnnx } from "@sebench/onnxruntime";
import type { RuntimeId, StoredModel } from "@sebench/runtime";
import { fileModel, storeModel as storeLitert } from "@sebench/runtime-litert-web/model";
import { buildNetwork, inputShape } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { buildTestPage, openPage, type TestPage } from "../src/testing/index.ts";

// How long the same network takes on LiteRT.js and on onnxruntime-web, in one page on one thread, in
// rounds that visit both in random order. Each replica is a fresh browser:
// `pnpm --filter @sebench/page litert-against-onnxruntime NETWORK SIZE SECONDS REPLICAS [FILE]`.
// With a FILE, the .tflite of the same network that another converter has written, that runs on
// LiteRT.js in the place of onnxruntime-web.
const [name = "resnet18", size = "224", seconds = "12", replicas = "5", converted] =
  process.argv.slice(2);

/** What a page measures: the times of each visit's runs, in ms, by round. */
interface Rounds {
  readonly other: number[][];
  readonly litert: number[][];
}

const network = buildNetwork(name, { imageSize: Number(size) });
const lowered = lower(
  network,
  seededWeights(network, 1),
  name.startsWith("se-") ? "gemm" : "conv1x1",
);
const options = { batch: 1, precision: "fp32" } as const;
const shape = [1, ...inputShape(network)];

/** A model, and the name and shape of the input of a file, which takes no images. */
interface Asked {
  readonly id: RuntimeId;
  readonly stored: StoredModel;
  readonly input: { readonly name: string; readonly shape: readonly number[] } | null;
}

const models: readonly Asked[] = [
  converted === undefined
    ? { id: "onnxruntime-web/wasm", stored: storeOnnx(lowered, options), input: null }
    : convertedModel(converted),
  { id: "litert-web/wasm", stored: storeLitert("litert-web/wasm", lowered, options), input: null },
];

function convertedModel(path: string): Asked {
  const source = new Uint8Array(readFileSync(path));
  const { bytes, ...head } = fileModel({ source, byteLength: source.byteLength, external: [] });
  return { id: "litert-web/wasm", stored: { head, bytes }, input: head.file!.inputs[0]! };
}

/** Measures both in a page for some seconds. */
async function measure({ page, server }: TestPage): Promise<Rounds> {
  const asked = models.map(({ id, stored: { bytes, head }, input }, at) => {
    return { id, head, input, url: server.serve(`model-${at}.bin`, bytes) };
  });
  return page.evaluate(
    async ([entries, imageShape, budgetMs]) => {
      const { sebench } = globalThis as unknown as PageWindow;
      const sessions = [];
      for (const { id, head, url, input: named } of entries) {
        const engine = await sebench.load(id, { threads: 1 });
        await engine.deployment!.start();
        const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
        const session = await engine.deployment!.open({ head, bytes });
        const length = imageShape.reduce((product, extent) => product * extent, 1);
        const data = Float32Array.from({ length }, (_, at) => Math.sin(at));
        const input = await session.stage(
          named === null
            ? { shape: imageShape, data }
            : [{ name: named.name, type: "float32", shape: named.shape, data }],
        );
        for (let run = 0; run < 8; run++) await session.run(input);
        sessions.push({ session, input });
      }
      const times: number[][][] = sessions.map(() => []);
      const end = performance.now() + budgetMs;
      while (performance.now() < end) {
        const order = Math.random() < 0.5 ? [0, 1] : [1, 0];
        for (const at of order) {
          const { session, input } = sessions[at]!;
          const visit: number[] = [];
          for (let run = 0; run < 3; run++) {
            const began = performance.now();
            await session.run(input);
            visit.push(performance.now() - began);
          }
          times[at]!.push(visit);
        }
      }
      return { other: times[0]!, litert: times[1]! };
    },
    [asked, shape, 1000 * Number(seconds)] as const,
  );
}

await using built = await buildTestPage();
const measured: PairedRounds[] = [];
for (let replica = 0; replica < Number(replicas); replica++) {
  await using opened = await openPage(built, {});
  const { other, litert } = await measure(opened);
  measured.push({ members: { plain: { samplesMs: other }, se: { samplesMs: litert } } });
}
const { ratio, interval } = overheadEstimate(measured);
const median = (runs: readonly number[]) => runs.toSorted((a, b) => a - b)[runs.length >> 1]!;
const of = (member: "plain" | "se") =>
  median(measured.flatMap((each) => each.members[member].samplesMs.flat())).toFixed(1);
console.log(
  `${network.name} at ${size}: LiteRT.js ${of("se")} ms, ${converted ?? "onnxruntime-web"} ${of("plain")} ms, ` +
    `ratio ${ratio.toFixed(3)} [${interval?.map((end) => end.toFixed(3)).join(", ")}], ${measured.length} replicas`,
);
