import { InputError } from "@sebench/spec";

/** The bytes of a FlatBuffer, every place of which is looked at before it is read. */
class FlatBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** How many elements of vectors may still be read: a sound file holds each of them once, or nearly. */
  #elementsLeft: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#elementsLeft = 2 * bytes.byteLength;
  }

  /** Requires that so many bytes lie at a place, and gives the place. */
  require(place: number, length: number): number {
    if (place >= 0 && length >= 0 && place + length <= this.#bytes.byteLength) return place;
    throw new InputError(
      `the file is cut off or damaged: it has ${this.#bytes.byteLength} bytes, and refers to byte ${place + length}`,
      { remedy: "fetch or convert it again" },
    );
  }

  spend(elements: number): void {
    this.#elementsLeft -= elements;
    if (this.#elementsLeft < 0) {
      throw new InputError("the file is damaged: its lists hold more than the file itself", {
        remedy: "fetch or convert it again",
      });
    }
  }

  uint8(place: number): number {
    return this.#view.getUint8(this.require(place, 1));
  }

  int8(place: number): number {
    return this.#view.getInt8(this.require(place, 1));
  }

  uint16(place: number): number {
    return this.#view.getUint16(this.require(place, 2), true);
  }

  int32(place: number): number {
    return this.#view.getInt32(this.require(place, 4), true);
  }

  uint32(place: number): number {
    return this.#view.getUint32(this.require(place, 4), true);
  }

  float32(place: number): number {
    return this.#view.getFloat32(this.require(place, 4), true);
  }

  slice(place: number, length: number): Uint8Array {
    this.require(place, length);
    return this.#bytes.subarray(place, place + length);
  }
}

/** The table that a FlatBuffer begins at. */
export function rootTable(bytes: Uint8Array): FlatTable {
  const flat = new FlatBytes(bytes);
  return new FlatTable(flat, flat.uint32(0));
}

/** A table of a FlatBuffer. Fields have numbers; what the file leaves out has a default. */
export class FlatTable {
  readonly #bytes: FlatBytes;
  readonly #start: number;
  readonly #fields: number;
  readonly #fieldsLength: number;

  constructor(bytes: FlatBytes, start: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#fields = start - bytes.int32(start);
    this.#fieldsLength = bytes.uint16(this.#fields);
    bytes.require(this.#fields, this.#fieldsLength);
  }

  has(slot: number): boolean {
    return this.placeOf(slot) !== null;
  }

  int8(slot: number, absent = 0): number {
    const place = this.placeOf(slot);
    return place === null ? absent : this.#bytes.int8(place);
  }

  uint8(slot: number, absent = 0): number {
    const place = this.placeOf(slot);
    return place === null ? absent : this.#bytes.uint8(place);
  }

  int32(slot: number, absent = 0): number {
    const place = this.placeOf(slot);
    return place === null ? absent : this.#bytes.int32(place);
  }

  uint32(slot: number, absent = 0): number {
    const place = this.placeOf(slot);
    return place === null ? absent : this.#bytes.uint32(place);
  }

  float32(slot: number, absent = 0): number {
    const place = this.placeOf(slot);
    return place === null ? absent : this.#bytes.float32(place);
  }

  table(slot: number): FlatTable | null {
    const place = this.placeOf(slot);
    return place === null ? null : this.#follow(place);
  }

  tables(slot: number): FlatTable[] {
    return this.places(slot).map((place) => this.#follow(place));
  }

  /** A vector of 32-bit integers with a sign. */
  integers(slot: number): number[] {
    return this.places(slot).map((place) => this.#bytes.int32(place));
  }

  /** A vector of bytes, without a copy, or null where the file leaves it out. */
  bytes(slot: number): Uint8Array | null {
    const place = this.placeOf(slot);
    if (place === null) return null;
    const vector = place + this.#bytes.uint32(place);
    return this.#bytes.slice(vector + 4, this.#bytes.uint32(vector));
  }

  text(slot: number): string {
    const bytes = this.bytes(slot);
    this.#bytes.spend(bytes?.length ?? 0);
    return bytes === null ? "" : new TextDecoder().decode(bytes);
  }

  /** The places of a vector's elements of 4 bytes each. */
  places(slot: number): number[] {
    const place = this.placeOf(slot);
    if (place === null) return [];
    const vector = place + this.#bytes.uint32(place);
    const count = this.#bytes.uint32(vector);
    this.#bytes.require(vector + 4, 4 * count);
    this.#bytes.spend(count);
    return Array.from({ length: count }, (_, at) => vector + 4 + 4 * at);
  }

  #follow(place: number): FlatTable {
    return new FlatTable(this.#bytes, place + this.#bytes.uint32(place));
  }

  /** The place of a field's value, or null where the file leaves it out. */
  placeOf(slot: number): number | null {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#fieldsLength) return null;
    const offset = this.#bytes.uint16(this.#fields + entry);
    return offset === 0 ? null : this.#start + offset;
  }
}
