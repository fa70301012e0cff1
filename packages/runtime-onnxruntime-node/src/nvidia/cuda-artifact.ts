import { type Artifact, type FetchOptions, unzip, fetchJson, type Pin } from "@sebench/artifacts";
import { providerLibraries } from "./provider-libraries.ts";

/** The NuGet package that onnxruntime-node's own install script takes the providers' libraries from. */
const nugetPackage = "Microsoft.ML.OnnxRuntime.Gpu.Linux";

/** The artifact of the providers' libraries. Its version is that of the core, which loads no other. */
export function cudaArtifact(version: string): Pick<Artifact, "name" | "version"> {
  return { name: "onnxruntime-cuda", version };
}

/**
 * Asks NuGet for the source of the CUDA artifact. The hash is the one that NuGet's
 * catalog tells at that time, SHA-512, and none that was known before. It shows a
 * damaged or a swapped file, but not a forged catalog.
 *
 * npm is no second source: `com.github.asus4.onnxruntime.linux-x64-gpu` 0.4.9,
 * the newest, is of onnxruntime 1.29.0, and core and providers must be of one
 * version.
 */
export async function locateCudaArtifact(
  version: string,
  options: FetchOptions,
): Promise<Artifact> {
  const { url, pin } = await findNugetPackage(nugetPackage, version, options);
  const names = Object.values(providerLibraries).map((file) => [
    `runtimes/linux-x64/native/${file}`,
    file,
  ]);
  return {
    ...cudaArtifact(version),
    sources: [
      {
        what: `the NuGet package ${nugetPackage} ${version}`,
        files: [
          { url, pin, unpack: (file, folder) => unzip(file, folder, Object.fromEntries(names)) },
        ],
      },
    ],
  };
}

const serviceIndex = "https://api.nuget.org/v3/index.json";

/** The place of a package's file, with its hash and size. */
interface NugetPackage {
  readonly url: string;
  readonly pin: Pin;
}

/**
 * Finds a package by NuGet's catalog.
 *
 * @see https://learn.microsoft.com/nuget/api/registration-base-url-resource
 * @see https://learn.microsoft.com/nuget/api/catalog-resource
 */
export async function findNugetPackage(
  id: string,
  version: string,
  options: Pick<FetchOptions, "signal" | "stallLimitMs">,
  index: string = serviceIndex,
): Promise<NugetPackage> {
  const { resources } = (await fetchJson(index, options)) as ServiceIndex;
  const base = resources.find((each) => each["@type"] === "RegistrationsBaseUrl")?.["@id"];
  if (base === undefined) throw new Error("NuGet's index names no registrations");
  const leafUrl = new URL(`${id.toLowerCase()}/${version.toLowerCase()}.json`, base);
  const leaf = (await fetchJson(leafUrl.href, options)) as RegistrationLeaf;
  const entry = (await fetchJson(leaf.catalogEntry, options)) as CatalogEntry;
  if (entry.packageHashAlgorithm !== "SHA512") {
    throw new Error(`NuGet tells a hash by ${entry.packageHashAlgorithm}, not SHA-512`);
  }
  return {
    url: leaf.packageContent,
    pin: { integrity: `sha512-${entry.packageHash}`, byteLength: entry.packageSize },
  };
}

interface ServiceIndex {
  readonly resources: readonly { readonly "@id": string; readonly "@type": string }[];
}

interface RegistrationLeaf {
  /** The URL of the package itself. */
  readonly packageContent: string;
  /** The URL of the package's entry in the catalog. */
  readonly catalogEntry: string;
}

interface CatalogEntry {
  /** The hash of the package's file in Base64. */
  readonly packageHash: string;
  readonly packageHashAlgorithm: string;
  /** The size of the package's file in bytes. */
  readonly packageSize: number;
}
