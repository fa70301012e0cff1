import { access, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ArtifactSource, untar, npmTarball, type Artifact } from "@sebench/artifacts";
import { addonIn, type AddonKind } from "./addon.ts";

const host = "https://storage.googleapis.com/";
/** The version of libtensorflow in tfjs-node's `scripts/deps-constants.js`. */
const libtensorflowVersion = "2.9.1";
const addonVersion = "4.22.0";

/**
 * The files that the install script of tfjs-node fetches, from TensorFlow's host or from
 * where the script's environment variables say. TensorFlow publishes no hash of these
 * files, so none is pinned: the hash that the host itself gives for a file is checked
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

/** Unpacks the addon, which lies in a folder of the archive that is named for the version of N-API. */
async function unpackAddon(file: string, folder: string): Promise<void> {
  const addon = addonIn(folder);
  await mkdir(dirname(addon), { recursive: true });
  await untar(file, dirname(addon), {
    strip: 1,
    only: (path) => path.endsWith(`/${basename(addon)}`),
  });
  // Without a pin, any file may have been sent, so what is needed is looked for.
  await Promise.all([access(addon), access(join(folder, "deps/lib"))]);
}

/**
 * An npm package made for AWS Lambda, for machines that reach the npm registry and
 * nothing else. It has tfjs-node 2.7.0, whose addon the JavaScript of 4.22 loads as
 * well, and libtensorflow 1.15.0, built without AVX2 and FMA.
 */
function lambdaSource(): ArtifactSource {
  return npmTarball({
    package: "tfjs-node-lambda-releases",
    version: "1.6.1",
    integrity:
      "sha512-D275PZpxsKenTuiPnvIE5T+D5JrT4aU9M3EDCedBQKlP0hUB7011Yzg8CAJ6MBIog9Lq90aaEair4yrBBlk61w==",
    byteLength: 194_920_996,
    unpack: unpackLambda,
  });
}

async function unpackLambda(file: string, folder: string): Promise<void> {
  const packed = "nodejs12.x-tf2.7.0.br";
  const tfjsNode = "node_modules/@tensorflow/tfjs-node";
  const needed = new RegExp(
    `^${tfjsNode}/(deps/lib/libtensorflow[^/]*|lib/napi-v6/tfjs_binding\\.node)$`,
  );
  await untar(file, folder, { strip: 1, only: (path) => path === `package/${packed}` });
  await untar(join(folder, packed), folder, { strip: 3, only: (path) => needed.test(path) });
  await rm(join(folder, packed));
  await rename(join(folder, "lib/napi-v6"), dirname(addonIn(folder)));
}

/**
 * tfjs-node's N-API addon and the libtensorflow that it links to, which the package's
 * own install script would fetch. The addon finds libtensorflow by its run path,
 * `$ORIGIN/../../deps/lib`, and the artifact's folder is laid out for that.
 */
export const addonArtifacts: Readonly<Record<AddonKind, Artifact>> = {
  cpu: {
    name: "tfjs-node-cpu",
    version: "4.22.0",
    sources: [googleSource("cpu"), lambdaSource()],
  },
  gpu: {
    name: "tfjs-node-gpu",
    version: "4.22.0",
    sources: [googleSource("gpu")],
  },
};
