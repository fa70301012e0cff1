import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { boardPairs, buildMember, imagesOf, type PairDescription } from "@sebench/pairs";
import { oracleLogits, shippedOracleDirectory } from "@sebench/reference";
import { litertWebFolder } from "@sebench/runtime-litert-web/folder";
import { onnxruntimeWebFolder } from "@sebench/runtime-onnxruntime-web/folder";
import { tfjsWebFolder } from "@sebench/runtime-tfjs-web/folder";
import { classesOf, InputError } from "@sebench/spec";
import { fromWeights, trainedWeights, writeSafetensors } from "@sebench/weights";
import { imagesFile, oracleFile, pairsFile, weightsFile } from "../standalone/supply-files.ts";
import { bundle } from "./build-page.ts";

/** The files of the engines that the page loads, by the folder that it loads them from. */
const engineFiles = [
  {
    to: "ort",
    from: onnxruntimeWebFolder,
    wanted: /^ort-wasm-simd-threaded(\.asyncify)?\.(mjs|wasm)$/,
  },
  { to: "tfjs", from: tfjsWebFolder, wanted: /\.wasm$/ },
  { to: "litert", from: litertWebFolder, wanted: /\.(js|wasm)$/ },
] as const;

export interface StaticSiteOptions {
  /** The folder of the site, which is emptied first. */
  readonly outDir: string;
  /** The address of the project's new issues, to which the page links, or null for no link. */
  readonly issues: string | null;
}

/**
 * Builds the page that needs no server of ours into a folder that any static host can serve: the
 * page, the engines' files, and for each pair of the board its images, trained weights, and the
 * oracle's logits.
 *
 * @throws InputError where the address of issues is not one of https
 */
export async function buildStaticSite({ outDir, issues }: StaticSiteOptions): Promise<void> {
  requireHttps(issues);
  const root = path.join(import.meta.dirname, "../standalone");
  const { version } = JSON.parse(
    await readFile(path.join(import.meta.dirname, "../package.json"), "utf8"),
  ) as { readonly version: string };
  await bundle({
    root,
    outDir,
    // A site may lie in any folder of its host.
    base: "./",
    input: { index: path.join(root, "index.html") },
    define: {
      SEBENCH_VERSION: JSON.stringify(version),
      SEBENCH_ISSUES: JSON.stringify(issues ?? ""),
    },
  });
  for (const { to, from, wanted } of engineFiles) {
    const names = (await readdir(from)).filter((name) => wanted.test(name));
    await Promise.all(names.map((name) => cp(path.join(from, name), path.join(outDir, to, name))));
  }
  const pairs = boardPairs();
  for (const pair of pairs) await writePair(outDir, pair);
  await write(outDir, pairsFile, JSON.stringify(pairs));
  // GitHub Pages hands out files as they are only where this file is.
  await write(outDir, ".nojekyll", "");
}

function requireHttps(issues: string | null): void {
  if (issues === null) return;
  if (URL.canParse(issues) && new URL(issues).protocol === "https:") return;
  throw new InputError(`${issues} is no address of https`, {
    remedy: "give the address of new issues, such as https://github.com/OWNER/NAME/issues/new",
  });
}

/** Writes what the page needs of a pair: its images, and of each member what it cannot draw. */
async function writePair(outDir: string, pair: PairDescription): Promise<void> {
  const images = await imagesOf(pair);
  const file = writeSafetensors(fromWeights(new Map([["images", images]])));
  await write(outDir, imagesFile(pair), file);
  for (const member of ["plain", "se"] as const) {
    const { network, weights } = await buildMember(pair, member);
    const { networks, imageSize } = pair;
    const logits = await oracleLogits({
      network,
      weights,
      images,
      cacheDirectories: [shippedOracleDirectory],
    });
    const shape = [images.shape[0]!, classesOf(network)];
    const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
    const oracle = writeSafetensors(new Map([["logits", { dtype: "F64", shape, bytes }]]));
    await write(outDir, oracleFile(networks[member], imageSize), oracle);
    if (pair.weights.kind !== "trained") continue;
    const trained = await readFile(trainedWeights(networks[member], imageSize)!.file);
    await write(outDir, weightsFile(networks[member]), trained);
  }
}

async function write(outDir: string, file: string, content: Uint8Array | string): Promise<void> {
  const target = path.join(outDir, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
}
