import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ArtifactSource, npmTarball, untar } from "@sebench/artifacts";
import { addonIn } from "./addon.ts";

/**
 * An npm package made for AWS Lambda, for machines that reach the npm registry
 * and nothing else: tfjs-node 2.7.0, whose addon 4.22's JavaScript loads as
 * well, and libtensorflow 1.15.0, built without AVX2 and FMA.
 */
export function lambdaSource(): ArtifactSource {
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
