import { type Artifact, type FetchOptions, unzip } from "@sebench/artifacts";
import { findNugetPackage } from "./nuget.ts";
import { providerLibraries } from "./provider-libraries.ts";

/** The package that onnxruntime-node's own install script takes them from. */
const nugetPackage = "Microsoft.ML.OnnxRuntime.Gpu.Linux";

/** The providers' libraries, of the very version of the core that loads them. */
export function cudaArtifact(version: string): Pick<Artifact, "name" | "version"> {
  return { name: "onnxruntime-cuda", version };
}

/**
 * With its source, which NuGet has to be asked for: its hash is the one that
 * NuGet's catalog tells at that time, SHA-512, and none that was known before.
 * It shows a damaged or a swapped file, but not a forged catalog.
 *
 * npm has no second source: `com.github.asus4.onnxruntime.linux-x64-gpu` 0.4.9,
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
