import { bench } from "./bench.ts";

/** The flags of the engine and the pair that are the quickest. */
export const engine = ["--runtime", "onnxruntime-node/cpu", "--no-fetch"];
export const pair = ["--network", "se-resnet8"];

/** The command line of a run of one case, without `--out`. */
export const smoke = ["run", "--profile", "smoke", ...engine, ...pair];

/** Makes a run for the commands that read one. */
export async function makeRun(out: string): Promise<void> {
  const { code, stderr } = await bench(...smoke, "--out", out);
  if (code !== 0) throw new Error(`the run ended with ${code}: ${stderr}`);
}
