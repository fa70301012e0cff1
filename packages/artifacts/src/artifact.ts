/** A thing that is fetched once, checked, and kept unpacked in the cache. */
export interface Artifact {
  /** The name that, with the version, is that of the folder in the cache: `libtensorflow-cpu`. */
  readonly name: string;
  readonly version: string;
  /**
   * The sources, of which each gives what a runtime needs, in the order in which they are
   * tried.
   */
  readonly sources: readonly ArtifactSource[];
}

export interface ArtifactSource {
  /** The name of the source for people: `the npm package tfjs-node-lambda-releases 1.6.1`. */
  readonly what: string;
  /** The files, which are fetched and unpacked in this order and into the same folder. */
  readonly files: readonly ArtifactFile[];
}

export interface ArtifactFile {
  /**
   * The URL, or a function that gives it if it depends on how the machine is set up, such
   * as npm's registry.
   */
  readonly url: string | (() => Promise<string>);
  /**
   * The pin, or null only if the publisher tells no hash; what came is then recorded, and
   * not vouched for.
   */
  readonly pin: Pin | null;
  /**
   * Unpacks the file, fetched and checked, into the artifact's folder, which other files
   * may share.
   */
  unpack(file: string, folder: string): Promise<void>;
}

/**
 * The integrity and the length that a file must have; any other file is refused before it
 * is unpacked.
 */
export interface Pin {
  /** The hash of the file in Subresource Integrity form: `sha512-<base64>`. */
  readonly integrity: string;
  readonly byteLength: number;
}
