import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Tfjs } from "../session/binding.ts";

/** The backends of tfjs that run in Node without anything that must be fetched. */
export const testBackends = ["cpu", "wasm"] as const;
export type TestBackend = (typeof testBackends)[number];

/** Starts tfjs with a backend, which other tests of the process then have, too. */
export async function openBackend(name: TestBackend): Promise<Tfjs> {
  const tf = await import("@tensorflow/tfjs-core");
  // Without this flag, tfjs prints that tfjs-node would be faster.
  tf.env().set("IS_TEST", true);
  if (name === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  else await importWasm();
  if (!(await tf.setBackend(name))) throw new Error(`tfjs does not start its backend ${name}`);
  return tf;
}

async function importWasm(): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(main)}/`);
}
