import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "./folders.ts";

/**
 * What is used where it is installed: the engines whose install scripts fetch from other hosts,
 * and the runner of tests.
 */
const optionalPeers = {
  "onnxruntime-node": ">=1.20.0",
  "@tensorflow/tfjs-node": "^4.0.0",
  "@tensorflow/tfjs-node-gpu": "^4.0.0",
  vitest: ">=3.2.0",
};

/** Loaded in the repository only, where the page is built anew. */
const notLoaded = ["vite", "tsx", "jiti"];

interface SourceManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/**
 * The package.json that is published. Its dependencies are the packages that the built code
 * imports, of the versions that the repository is tested with.
 */
export async function manifestOf(
  { name, version, description, license }: SourceManifest,
  imported: ReadonlySet<string>,
): Promise<object> {
  const { catalog } = parse(await readFile(join(repository, "pnpm-workspace.yaml"), "utf8")) as {
    readonly catalog: Readonly<Record<string, string>>;
  };
  const versionOf = (dependency: string) => {
    const found = catalog[dependency];
    if (found === undefined) throw new Error(`${dependency} is imported and not in the catalog`);
    return [dependency, found] as const;
  };
  const peers = Object.keys(optionalPeers);
  const own = [...imported].filter((each) => ![...peers, ...notLoaded].includes(each)).toSorted();
  return {
    name,
    version,
    description,
    license,
    keywords: ["squeeze-and-excitation", "benchmark", "onnxruntime", "tensorflow.js", "inference"],
    type: "module",
    bin: { sebench: "lib/sebench.js" },
    exports: {
      ".": { types: "./types/sebench/index.d.ts", default: "./lib/index.js" },
      "./vitest": { types: "./types/sebench/vitest.d.ts", default: "./lib/vitest.js" },
      "./package.json": "./package.json",
    },
    files: ["lib", "page", "files", "types", "licences"],
    engines: { node: ">=20.19" },
    dependencies: Object.fromEntries(own.map(versionOf)),
    peerDependencies: optionalPeers,
    peerDependenciesMeta: Object.fromEntries(peers.map((each) => [each, { optional: true }])),
  };
}
