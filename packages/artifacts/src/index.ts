export { artifactFolder, damageOf, findArtifact } from "./artifact-cache.ts";
export type { Artifact, ArtifactFile, ArtifactSource, Pin } from "./artifact.ts";
export { defaultCacheDirectory } from "./cache-directory.ts";
export { chromiumArtifact } from "./chromium.ts";
export { fetchArtifact, type FetchOptions } from "./fetch-artifact.ts";
export { fetchJson } from "./fetch-file.ts";
export { type ArtifactOrigin, readOrigin } from "./folder/filled-folder.ts";
export {
  hasPackage,
  type NpmPackage,
  packageDamage,
  packageProvision,
  requireFor,
} from "./npm-package.ts";
export { npmTarball } from "./npm-tarball.ts";
export type { Provision } from "./provision.ts";
export {
  sweepTemporary,
  temporaryFault,
  temporaryFolder,
  type TemporaryFolder,
} from "./ownership/temporary-folder.ts";
export { readZip, untar, unzip } from "./unpack.ts";
