import { operatorNames } from "../flat/operator-names.ts";
import {
  modelFields,
  operatorCodeFields,
  operatorFields,
  subgraphFields,
  tensorFields,
} from "../flat/schema.ts";

/** Where the fields of a sound model's tables lie in its bytes. */
class Places {
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  get root(): number {
    return this.#follow(0);
  }

  field(table: number, slot: number): number {
    const fields = table - this.#view.getInt32(table, true);
    return table + this.#view.getUint16(fields + 4 + 2 * slot, true);
  }

  /** The places of a vector's elements of 4 bytes each. */
  elements(table: number, slot: number): number[] {
    const vector = this.#follow(this.field(table, slot));
    const count = this.#view.getInt32(vector, true);
    return Array.from({ length: count }, (_, at) => vector + 4 + 4 * at);
  }

  tables(table: number, slot: number): number[] {
    return this.elements(table, slot).map((place) => this.#follow(place));
  }

  #follow(place: number): number {
    return place + this.#view.getUint32(place, true);
  }
}

/** Changes the entries of a copy of a model that list the operators of one kind. */
function withEntries(
  model: Uint8Array,
  kind: string,
  change: (view: DataView, places: Places, entry: number) => void,
): Uint8Array {
  const bytes = model.slice();
  const view = new DataView(bytes.buffer);
  const places = new Places(view);
  const known = operatorNames.indexOf(kind);
  for (const entry of places.tables(places.root, modelFields.operatorCodes)) {
    const code = view.getInt32(places.field(entry, operatorCodeFields.code), true);
    if (code === known) change(view, places, entry);
  }
  return bytes;
}

/** A copy of a model in which the operators of one kind have become others, by name or number, which need not fit. */
export function withOperator(model: Uint8Array, from: string, to: string | number): Uint8Array {
  const other = typeof to === "number" ? to : operatorNames.indexOf(to);
  return withEntries(model, from, (view, places, entry) => {
    view.setInt32(places.field(entry, operatorCodeFields.code), other, true);
    view.setInt8(places.field(entry, operatorCodeFields.shortCode), Math.min(other, 127));
  });
}

/** A copy of a model in which the operators of one kind have another version. */
export function withVersion(model: Uint8Array, kind: string, version: number): Uint8Array {
  return withEntries(model, kind, (view, places, entry) => {
    view.setInt32(places.field(entry, operatorCodeFields.version), version, true);
  });
}

/** A copy of a model whose operators leave out their third input: a convolution's is its bias. */
export function withoutBias(model: Uint8Array): Uint8Array {
  const bytes = model.slice();
  const view = new DataView(bytes.buffer);
  const places = new Places(view);
  const [subgraph] = places.tables(places.root, modelFields.subgraphs);
  for (const operator of places.tables(subgraph!, subgraphFields.operators)) {
    const [, , third] = places.elements(operator, operatorFields.inputs);
    if (third !== undefined) view.setInt32(third, -1, true);
  }
  return bytes;
}

/** A copy of a model in which a tensor is said to have another length along an axis. */
export function withLength(model: Uint8Array, tensor: number, axis: number, length: number) {
  const bytes = model.slice();
  const view = new DataView(bytes.buffer);
  const places = new Places(view);
  const [subgraph] = places.tables(places.root, modelFields.subgraphs);
  const table = places.tables(subgraph!, subgraphFields.tensors)[tensor]!;
  view.setInt32(places.elements(table, tensorFields.shape)[axis]!, length, true);
  return bytes;
}
