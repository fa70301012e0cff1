import { lower } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import { type ProfileSummary, summariseProfile } from "@sebench/onnxruntime";
import type { TestPage } from "./test-browser.ts";
import { makeTestCase } from "./test-case.ts";

/** The part of onnxruntime-web that is used here. */
interface RawOrt {
  readonly env: { readonly wasm: { wasmPaths: string; numThreads: number } };
  readonly InferenceSession: {
    create(url: string, options: object): Promise<RawSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
}

interface RawSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<unknown>;
  endProfiling(): void;
}

/**
 * Profiles one run of the test case's network with SE by onnxruntime-web itself, with a list of
 * providers and without any of sebench's adapter.
 *
 * @param bundle the name of onnxruntime-web's module, such as `ort.webgpu.min.mjs`
 */
export async function profileRaw(
  { page, server }: TestPage,
  bundle: string,
  providers: readonly string[],
): Promise<ProfileSummary> {
  const { networks, weights } = makeTestCase();
  const lowered = lower(networks.se, weights.se, "gemm");
  const url = server.serve("raw.onnx", encodeOnnx(lowered, { batch: 1 }));
  const lines: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "log") lines.push(message.text());
  });
  // The page runs no code but that of its server.
  const code = `import * as ort from "/ort/${bundle}"; globalThis.ort = ort;`;
  await page.addScriptTag({ type: "module", url: server.serve("raw.mjs", code) });
  await page.waitForFunction(() => "ort" in globalThis);
  await page.evaluate(
    async ([model, executionProviders, binaries]) => {
      const { env, InferenceSession, Tensor } = Reflect.get(globalThis, "ort") as RawOrt;
      env.wasm.wasmPaths = binaries;
      env.wasm.numThreads = 1;
      const options = { executionProviders, enableProfiling: true };
      const session = await InferenceSession.create(model, options);
      const image = new Tensor("float32", new Float32Array(3 * 28 * 28), [1, 3, 28, 28]);
      await session.run({ [session.inputNames[0]!]: image });
      session.endProfiling();
    },
    [url, providers, `${server.url}ort/`] as const,
  );
  return summariseProfile(lines.join("\n"));
}
