/** What is fetched once, checked, and kept unpacked in the cache. */
export interface Artifact {
  /** Names its folder in the cache, with the version: `libtensorflow-cpu`. */
  readonly name: string;
  readonly version: string;
  /** Tried in this order: each gives what a runtime needs. */
  readonly sources: readonly ArtifactSource[];
}

export interface ArtifactSource {
  /** For people: `the npm package tfjs-node-lambda-releases 1.6.1`. */
  readonly what: string;
  /** Fetched, and then unpacked, in this order and into the same folder. */
  readonly files: readonly ArtifactFile[];
}

export interface ArtifactFile {
  /** A function where it depends on how the machine is set up, such as npm's registry. */
  readonly url: string | (() => Promise<string>);
  /** Null only where its publisher tells no hash: what came is then recorded, and not vouched for. */
  readonly pin: Pin | null;
  /** Unpacks the file, fetched and checked, into the artifact's folder, which other files may share. */
  unpack(file: string, folder: string): Promise<void>;
}

/** What the file must be: anything else is refused before it is unpacked. */
export interface Pin {
  /** In Subresource Integrity form: `sha512-<base64>`. */
  readonly integrity: string;
  readonly byteLength: number;
}
