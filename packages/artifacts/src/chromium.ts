import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import type { Artifact } from "./artifact.ts";
import { npmTarball } from "./npm-tarball.ts";
import { untar } from "./unpack.ts";

/**
 * The Chromium headless shell of npm's `@sparticuz/chromium`, for Linux x64 machines
 * that reach the npm registry and nothing else. Its folder holds
 * `chromium`, the executable; `al2023/lib`, with NSS, NSPR and expat for systems
 * that lack them; and, beside `chromium`, SwiftShader: `libEGL.so`,
 * `libGLESv2.so`, `libvk_swiftshader.so`, `libvulkan.so.1` and `vk_swiftshader_icd.json`.
 */
export const chromiumArtifact: Artifact = {
  name: "sparticuz-chromium",
  version: "153.0.0",
  sources: [
    npmTarball({
      package: "@sparticuz/chromium",
      version: "153.0.0",
      integrity:
        "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
      byteLength: 69_995_309,
      unpack: unpackChromium,
    }),
  ],
};

async function unpackChromium(file: string, folder: string): Promise<void> {
  const packed = join(folder, "bin");
  await untar(file, folder, { strip: 1, only: (path) => path.startsWith("package/bin/") });
  const executable = join(folder, "chromium");
  await pipeline(
    createReadStream(join(packed, "chromium.br")),
    createBrotliDecompress(),
    createWriteStream(executable),
  );
  await chmod(executable, 0o755);
  await untar(join(packed, "swiftshader.tar.br"), folder);
  await mkdir(join(folder, "al2023"));
  await untar(join(packed, "al2023.tar.br"), join(folder, "al2023"));
  await rm(packed, { recursive: true });
}
