export interface UntarOptions {
  /** Leading folders to leave out of each path. Default 0. */
  readonly strip?: number;
  /** Whether to unpack the entry with this path, as it stands in the file. Default: all. */
  readonly only?: (path: string) => boolean;
}

/** Unpacks a tar file, be it bare, gzip, or brotli with a name that ends in `.br`. */
export async function untar(
  file: string,
  folder: string,
  { strip = 0, only = () => true }: UntarOptions = {},
): Promise<void> {
  const { extract } = await import("tar");
  await extract({
    file,
    cwd: folder,
    strip,
    filter: (path) => only(path),
    // Otherwise an entry that cannot be written is only warned of.
    strict: true,
    // The owners in it are those of the machine that made it.
    preserveOwner: false,
    ...(file.endsWith(".br") ? { brotli: true } : {}),
  });
}
