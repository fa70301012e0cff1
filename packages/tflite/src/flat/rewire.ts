import { InputError } from "@sebench/spec";
import { rootTable } from "./flat-table.ts";
import { readTflite } from "./read-tflite.ts";
import * as schema from "./schema.ts";
import type { TfliteFile } from "./tflite-file.ts";

/**
 * Writes a copy of a model in which tensors are read in place of others, and without the operators
 * whose values nothing reads any more. Everything else stays where it was in the file, also the
 * constants that nothing reads, so that the copy is as long as the model.
 *
 * @param instead The index of the tensor that is read in place of another one, by the other's index.
 * @throws InputError where a tensor and the one in its place differ in shape or type
 */
export function rewireTflite(bytes: Uint8Array, instead: ReadonlyMap<number, number>): Uint8Array {
  const before = readTflite(bytes);
  requireAlike(before, instead);
  const copy = bytes.slice();
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  const root = rootTable(copy);
  const [subgraph] = root.tables(schema.modelFields.subgraphs);
  const { operators, outputs } = schema.subgraphFields;
  const replace = (place: number) => {
    view.setInt32(place, standIn(view.getInt32(place, true), instead), true);
  };
  for (const operator of subgraph!.tables(operators)) {
    operator.places(schema.operatorFields.inputs).forEach(replace);
  }
  subgraph!.places(outputs).forEach(replace);
  for (const signature of root.tables(schema.modelFields.signatures)) {
    for (const map of signature.tables(schema.signatureFields.outputs)) {
      const place = map.placeOf(schema.tensorMapFields.tensor);
      if (place !== null) replace(place);
    }
  }
  keepOperators(view, subgraph!.places(operators), liveOperators(before, instead));
  return copy;
}

/** The tensor that is read in place of one, over several replacements in a row. */
function standIn(index: number, instead: ReadonlyMap<number, number>): number {
  let found = index;
  for (let turn = 0; turn <= instead.size; turn++) {
    const next = instead.get(found);
    if (next === undefined) return found;
    found = next;
  }
  throw new Error("tensors stand in for each other in a circle");
}

function requireAlike({ tensors }: TfliteFile, instead: ReadonlyMap<number, number>): void {
  for (const [from, to] of instead) {
    const [one, other] = [tensors[from]!, tensors[to]!];
    if (one.type === other.type && one.shape.join() === other.shape.join()) continue;
    throw new InputError(
      `${other.name} (${other.type} ${other.shape.join("x")}) cannot be read in place of ${one.name} (${one.type} ${one.shape.join("x")})`,
      { remedy: "measure the model by itself" },
    );
  }
}

/** Whether each operator gives what is read once tensors are read in place of others, or what was not read before. */
function liveOperators(file: TfliteFile, instead: ReadonlyMap<number, number>): boolean[] {
  const readBefore = new Set([...file.outputs, ...file.operators.flatMap(({ inputs }) => inputs)]);
  const read = new Set(file.outputs.map((index) => standIn(index, instead)));
  const live = file.operators.map(() => false);
  for (const [at, { inputs, outputs }] of [...file.operators.entries()].toReversed()) {
    live[at] = outputs.some((index) => read.has(index) || !readBefore.has(index));
    if (live[at]) for (const index of inputs) read.add(standIn(index, instead));
  }
  return live;
}

/** Leaves operators out of the list that the graph has of them. */
function keepOperators(view: DataView, places: readonly number[], live: readonly boolean[]): void {
  const [first] = places;
  if (first === undefined) return;
  const targets = places.map((place) => place + view.getUint32(place, true));
  const kept = targets.filter((_, at) => live[at]);
  for (const [at, target] of kept.entries()) {
    const place = places[at]!;
    view.setUint32(place, target - place, true);
  }
  view.setUint32(first - 4, kept.length, true);
}
