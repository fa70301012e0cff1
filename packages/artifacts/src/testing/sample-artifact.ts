import { createHash } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, ArtifactFile, Pin } from "../artifact.ts";

export interface SampleSource extends Pick<ArtifactFile, "url" | "pin"> {
  readonly what: string;
  /** Unpacks the file; by default it is kept as `content`. */
  readonly unpack?: ArtifactFile["unpack"];
}

export function artifactOf(sources: readonly SampleSource[]): Artifact {
  const keep = (file: string, folder: string) => copyFile(file, join(folder, "content"));
  return {
    name: "sample",
    version: "1.0.0",
    sources: sources.map(({ what, url, pin, unpack = keep }) => ({
      what,
      files: [{ url, pin, unpack }],
    })),
  };
}

/** The bytes of a file that differ everywhere, so that a piece in the wrong place shows. */
export function sampleContent(byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

export function pinOf(content: Uint8Array): Pin {
  const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
  return { integrity, byteLength: content.length };
}
