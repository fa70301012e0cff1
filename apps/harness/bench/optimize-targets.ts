/**
 * Holds `bench optimize` to its targets: each model is made faster on onnxruntime-node/cpu, and the
 * file's time in turns with the untouched one must be at most the target. The command is
 * `pnpm --filter @sebench/harness optimize-targets [--threads n] [--race-seconds s] [--keep folder]
 * [model ...]`; it prints every pass, and ends with 1 where a target is missed. The files, before and
 * after, are left in the folder of `--keep`.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fetchOcrModels, withExport, withWeights } from "@sebench/models/testing";
import type { Optimization } from "@sebench/results";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The inputs of each model, and the most of the untouched file's time that is asked for. */
const targets: Readonly<Record<string, { size: string; most: number }>> = {
  classifier: { size: "x=1x3x48x192", most: 0.7 },
  detection: { size: "x=1x3x640x640", most: 0.95 },
  recognition: { size: "x=1x3x48x320", most: 1.01 },
  "mobilenet_v3_large-17": { size: "image=1x3x224x224", most: 0.9 },
  "efficientnet_b0-17": { size: "image=1x3x224x224", most: 0.9 },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1" },
    "race-seconds": { type: "string", default: "2" },
    keep: { type: "string" },
  },
});
const { keep, ...races } = values;

const folder = keep ?? mkdtempSync(join(tmpdir(), "sebench-optimize-"));
try {
  const ocr: Readonly<Record<string, string>> = await fetchOcrModels();
  for (const name of positionals.length > 0 ? positionals : Object.keys(targets)) {
    const target = targets[name];
    if (target === undefined) {
      throw new Error(`no model is named ${name}: there are ${Object.keys(targets).join(", ")}`);
    }
    const { size, most } = target;
    const path = join(folder, `${name}.onnx`);
    if (ocr[name] === undefined) await withExport(name, (from) => withWeights(from, path, 1));
    else copyFileSync(ocr[name], path);
    const flags = Object.entries(races).flatMap(([flag, value]) => [`--${flag}`, value]);
    const out = join(folder, `${name}.faster.onnx`);
    const asked = ["--runtime", "onnxruntime-node/cpu", "--input", size, "--out", out, "--json"];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--import", "tsx/esm", main, "optimize", path, ...asked, ...flags],
      { encoding: "utf8" },
    );
    if (status !== 0 && stdout === "") throw new Error(stderr);
    const { gain, passes, parity } = JSON.parse(stdout) as Optimization;
    const kept = passes.filter(({ outcome }) => outcome === "kept").map(({ pass }) => pass);
    const isMet = gain.ratio <= most;
    process.stderr.write(stderr);
    console.log(
      `${name}: ${gain.ratio.toFixed(3)} [${gain.interval?.map((end) => end.toFixed(3)).join(", ")}], ${isMet ? "within" : "above"} ${most}; ${kept.join(", ") || "nothing kept"}; parity ${parity?.relative ?? "not asked"}`,
    );
    if (!isMet) process.exitCode = 1;
  }
} finally {
  if (keep === undefined) rmSync(folder, { recursive: true });
}
