import type { PageWindow } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { overheadEstimate, type PairedRounds } from "@sebench/measure";
import { storeModel as storeOnnx } from "@sebench/onnxruntime";
import type { RuntimeId, StoredModel } from "@sebench/runtime";
import { storeModel as storeLitert } from "@sebench/runtime-litert-web/model";
import { buildNetwork, inputShape } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { buildTestPage, openPage, type TestPage } from "../src/testing/index.ts";

// How long the same network takes on LiteRT.js and on onnxruntime-web, in one page on one thread, in
// rounds that visit both in random order. Each replica is a fresh browser:
// `pnpm --filter @sebench/page litert-against-onnxruntime NETWORK SIZE SECONDS REPLICAS`.
const [name = "resnet18", size = "224", seconds = "12", replicas = "5"] = process.argv.slice(2);

/** What a page measures: the times of each visit's runs, in ms, by round. */
interface Rounds {
  readonly onnxruntime: number[][];
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
const models: readonly (readonly [RuntimeId, StoredModel])[] = [
  ["onnxruntime-web/wasm", storeOnnx(lowered, options)],
  ["litert-web/wasm", storeLitert("litert-web/wasm", lowered, options)],
];

/** Measures both in a page for some seconds. */
async function measure({ page, server }: TestPage): Promise<Rounds> {
  const asked = models.map(([id, { bytes, head }]) => {
    return { id, head, url: server.serve(`${id.replace("/", "-")}.bin`, bytes) };
  });
  return page.evaluate(
    async ([entries, imageShape, budgetMs]) => {
      const { sebench } = globalThis as unknown as PageWindow;
      const sessions = [];
      for (const { id, head, url } of entries) {
        const engine = await sebench.load(id, { threads: 1 });
        await engine.deployment!.start();
        const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
        const session = await engine.deployment!.open({ head, bytes });
        const length = imageShape.reduce((product, extent) => product * extent, 1);
        const data = Float32Array.from({ length }, (_, at) => Math.sin(at));
        const input = await session.stage({ shape: imageShape, data });
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
      return { onnxruntime: times[0]!, litert: times[1]! };
    },
    [asked, shape, 1000 * Number(seconds)] as const,
  );
}

await using built = await buildTestPage();
const measured: PairedRounds[] = [];
for (let replica = 0; replica < Number(replicas); replica++) {
  await using opened = await openPage(built, {});
  const { onnxruntime, litert } = await measure(opened);
  measured.push({ members: { plain: { samplesMs: onnxruntime }, se: { samplesMs: litert } } });
}
const { ratio, interval } = overheadEstimate(measured);
const median = (runs: readonly number[]) => runs.toSorted((a, b) => a - b)[runs.length >> 1]!;
const of = (member: "plain" | "se") =>
  median(measured.flatMap((each) => each.members[member].samplesMs.flat())).toFixed(1);
console.log(
  `${network.name} at ${size}: LiteRT.js ${of("se")} ms, onnxruntime-web ${of("plain")} ms, ` +
    `ratio ${ratio.toFixed(3)} [${interval?.map((end) => end.toFixed(3)).join(", ")}], ${measured.length} replicas`,
);
