import { access, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ArtifactSource, untar } from "@sebench/artifacts";
import { addonIn, type AddonKind } from "./addon.ts";

const host = "https://storage.googleapis.com/";
/** As in tfjs-node's `scripts/deps-constants.js`. */
const libtensorflowVersion = "2.9.1";
const addonVersion = "4.22.0";

/**
 * What the install script of tfjs-node fetches, from where it fetches it, with
 * the variables that the script obeys. TensorFlow publishes no hash of these
 * files, so none is pinned: what the host itself says of a file is checked
 * (`x-goog-hash`), and the hash of what came is recorded.
 */
export function googleSource(kind: AddonKind, environment = process.env): ArtifactSource {
  const storage = environment["TFJS_NODE_CDN_STORAGE"] || environment["CDN_STORAGE"] || host;
  const base =
    environment["TFJS_NODE_BASE_URI"] || `${storage}tensorflow/libtensorflow/libtensorflow-`;
  return {
    what: `libtensorflow ${libtensorflowVersion} and tfjs-node's addon`,
    files: [
      {
        url: `${base}${kind}-linux-x86_64-${libtensorflowVersion}.tar.gz`,
        pin: null,
        unpack: unpackLibtensorflow,
      },
      {
        url: `${storage}tf-builds/pre-built-binary/napi-v8/${addonVersion}/${kind.toUpperCase()}-linux-${addonVersion}.tar.gz`,
        pin: null,
        unpack: unpackAddon,
      },
    ],
  };
}

async function unpackLibtensorflow(file: string, folder: string): Promise<void> {
  const deps = join(folder, "deps");
  await mkdir(deps);
  await untar(file, deps, { only: (path) => /\blib\/libtensorflow[^/]*$/.test(path) });
}

/** In a folder of its own in the file, named for the version of N-API. */
async function unpackAddon(file: string, folder: string): Promise<void> {
  const addon = addonIn(folder);
  await mkdir(dirname(addon), { recursive: true });
  await untar(file, dirname(addon), {
    strip: 1,
    only: (path) => path.endsWith(`/${basename(addon)}`),
  });
  // Without a pin, whatever was sent has come as far as this.
  await Promise.all([access(addon), access(join(folder, "deps/lib"))]);
}
