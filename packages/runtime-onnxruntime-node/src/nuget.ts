import { fetchJson, type FetchOptions, type Pin } from "@sebench/artifacts";

const serviceIndex = "https://api.nuget.org/v3/index.json";

export interface NugetPackage {
  readonly url: string;
  readonly pin: Pin;
}

/**
 * Where a package lies, and what it is, as NuGet's catalog tells.
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
  /** URL of the package itself. */
  readonly packageContent: string;
  /** URL of its entry in the catalog. */
  readonly catalogEntry: string;
}

interface CatalogEntry {
  /** Base64. */
  readonly packageHash: string;
  readonly packageHashAlgorithm: string;
  /** In bytes. */
  readonly packageSize: number;
}
