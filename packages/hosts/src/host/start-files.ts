import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import {
  type AnswerTo,
  JobError,
  type LoadedBytes,
  type LoadedFile,
  type StartedPage,
  type StartJob,
  type StartRequest,
} from "@sebench/jobs";
import type { PageServer } from "@sebench/page";
import type { ByteKind } from "@sebench/results";

/** Has the files of a start served, and gives their addresses. */
export async function startFilesOf(
  { files }: StartRequest,
  serve: (name: string, file: string) => Promise<string>,
): Promise<StartRequest["files"]> {
  return {
    head: await serve("model-head.json", files.head),
    model: await serve("model.bin", files.model),
    images: await serve("images.bin", files.images),
  };
}

/** Joins what the page of a start measured with the bytes that it has loaded, by kind. */
export async function startAnswer(
  server: PageServer,
  files: StartRequest["files"],
  { measured, loaded }: StartedPage,
): Promise<AnswerTo<StartJob>> {
  const isModel = (path: string) => path === files.head || path === files.model;
  const kindOf = ({ path }: LoadedFile): ByteKind | null => {
    if (path === files.images) return null;
    if (isModel(path)) return "model";
    return path.endsWith(".wasm") ? "wasm" : "javascript";
  };
  const of = (kind: ByteKind) =>
    countBytes(
      server.url,
      loaded.filter((file) => kindOf(file) === kind),
    );
  const bytes = {
    javascript: await of("javascript"),
    wasm: await of("wasm"),
    model: await of("model"),
  };
  return { ...measured, bytes };
}

/**
 * Counts what a page has loaded of one kind, each file once. Throws a `JobError` where the page's
 * resource timing does not tell of the files as they are.
 */
export async function countBytes(
  origin: string,
  loaded: readonly LoadedFile[],
): Promise<LoadedBytes> {
  const total = { files: 0, raw: 0, sent: 0, gzip: 0, brotli: 0 };
  const byPath = new Map(loaded.map((file) => [file.path, file]));
  for (const { path, decodedBodySize, transferSize } of byPath.values()) {
    const body = await readServed(new URL(path, origin));
    if (body.byteLength !== decodedBodySize) {
      throw new JobError(
        `the page's resource timing tells ${decodedBodySize} bytes of ${path}, which has ${body.byteLength}`,
      );
    }
    const { gzip: zipped, brotli } = await compressedSizes(body);
    total.files += 1;
    total.raw += body.byteLength;
    total.sent += transferSize;
    total.gzip += zipped;
    total.brotli += brotli;
  }
  return total;
}

async function readServed(url: URL): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

type Sizes = Pick<LoadedBytes, "gzip" | "brotli">;

/** The sizes of what was compressed before, by its hash: starts load the same files. */
const knownSizes = new Map<string, Promise<Sizes>>();

function compressedSizes(body: Buffer): Promise<Sizes> {
  const key = createHash("sha256").update(body).digest("hex");
  const known = knownSizes.get(key);
  if (known) return known;
  const sizes = compress(body).then(({ gzipped, brotlied }) => ({
    gzip: gzipped.byteLength,
    brotli: brotlied.byteLength,
  }));
  knownSizes.set(key, sizes);
  return sizes;
}

/** Compresses as servers do while they send: gzip at level 6, brotli at quality 5. */
export async function compress(body: Buffer) {
  const [gzipped, brotlied] = await Promise.all([
    promisify(gzip)(body, { level: 6 }),
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  ]);
  return { gzipped, brotlied };
}
