import type { OpenReaders, Reader } from "./reader.ts";

/** The rooms of readers. Each is loaded when it is asked for, as some load a decoder. */
const rooms: Readonly<Record<string, () => Promise<{ readonly open: OpenReaders }>>> = {
  records: () => import("./records.ts"),
  studies: () => import("./studies.ts"),
  names: () => import("./names.ts"),
  weights: () => import("./weights.ts"),
  datasets: () => import("./datasets.ts"),
  models: () => import("./models.ts"),
  engines: () => import("./engines.ts"),
  machine: () => import("./machine.ts"),
  training: () => import("./training.ts"),
};

/**
 * Opens the readers whose names begin with a text, all of them where that is null.
 *
 * @param folder The folder of the files that they read.
 */
export async function openReaders(folder: string, named: string | null): Promise<Reader[]> {
  const asked = Object.entries(rooms).filter(([name]) => isAlike(name, named));
  const opened = await Promise.all(asked.map(async ([, load]) => (await load()).open(folder)));
  return opened.flat().filter(({ name }) => named === null || name.startsWith(named));
}

function isAlike(room: string, named: string | null): boolean {
  return named === null || named.startsWith(room) || room.startsWith(named);
}
