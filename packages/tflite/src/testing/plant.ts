import { operatorNames } from "../flat/operator-names.ts";
import { modelFields, operatorCodeFields, operatorFields, subgraphFields } from "../flat/schema.ts";

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

/** A copy of a model in which the operators of one kind have become others, which need not fit. */
export function withOperator(model: Uint8Array, from: string, to: string): Uint8Array {
  const bytes = model.slice();
  const view = new DataView(bytes.buffer);
  const places = new Places(view);
  const [known, other] = [operatorNames.indexOf(from), operatorNames.indexOf(to)];
  for (const code of places.tables(places.root, modelFields.operatorCodes)) {
    const place = places.field(code, operatorCodeFields.code);
    if (view.getInt32(place, true) !== known) continue;
    view.setInt32(place, other, true);
    view.setInt8(places.field(code, operatorCodeFields.shortCode), Math.min(other, 127));
  }
  return bytes;
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
