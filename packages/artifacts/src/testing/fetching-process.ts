/**
 * This program for tests fetches in a process of its own: `fetching-process.ts <cache>
 * <url> <integrity> <bytes>`.
 */
import { fetchArtifact } from "../fetch-artifact.ts";
import { artifactOf } from "./sample-artifact.ts";

const [cacheDirectory, url, integrity, byteLength] = process.argv.slice(2);
const pin = { integrity: integrity!, byteLength: Number(byteLength) };
await fetchArtifact(artifactOf([{ what: "the server", url: url!, pin }]), {
  cacheDirectory: cacheDirectory!,
  onProgress: (line) => console.log(line),
});
