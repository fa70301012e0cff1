import type { Tfjs } from "@sebench/tfjs";
import type { KernelBackend } from "@tensorflow/tfjs-core";

/**
 * Makes the backend that has been imported the one that computes. Rejects with the
 * reason where it does not start; no other backend takes its place. tfjs's `setBackend`
 * alone would say only that it failed, and leave the reason in the console.
 */
export async function chooseBackend<Backend extends KernelBackend>(
  tf: Tfjs,
  name: string,
): Promise<Backend> {
  const make = tf.findBackendFactory(name);
  if (!make) throw new Error(`tfjs has not registered its backend ${name} in this browser`);
  const backend = await make();
  tf.removeBackend(name);
  tf.registerBackend(name, () => backend);
  if (!(await tf.setBackend(name))) throw new Error(`tfjs does not take its backend ${name}`);
  return backend as Backend;
}

/** Sets flags, which the backend's import has registered. */
export function setFlags(tf: Tfjs, flags: Readonly<Record<string, boolean>>): void {
  for (const [name, value] of Object.entries(flags)) tf.env().set(name, value);
}
