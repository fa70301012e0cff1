import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InputError } from "@sebench/spec";

/** The part of a file from `start` up to, and without, `end`, in bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A field of a protobuf message, whose value is still in the file. */
export interface Field {
  /** The number of the field in the message's definition. */
  readonly number: number;
  readonly wire: WireType;
  /** The value of a varint; 0 for the other wire types. */
  readonly varint: number;
  /** The bytes of the value without its tag and length. */
  readonly value: Span;
  /** The bytes of the whole field. */
  readonly whole: Span;
}

/** The wire types of protobuf: a varint, 8 bytes, bytes with a length, 4 bytes. */
export type WireType = 0 | 1 | 2 | 5;

/** The bytes of a file, of which only those that are asked for are in memory. */
export interface ByteSource extends Disposable {
  /** The length of the file in bytes. */
  readonly size: number;
  /**
   * The bytes of a span, which lies in the file.
   *
   * @param into The array to read into, at least as long; by default a new one.
   */
  read(span: Span, into?: Uint8Array): Uint8Array;
  /** Up to `length` bytes from `start` on, which are valid until the next call. */
  peek(start: number, length: number): Uint8Array;
}

const windowBytes = 1 << 16;

/**
 * Opens a file for reading by parts.
 *
 * @throws InputError where there is no such file, or it cannot be read
 */
export function openBytes(path: string): ByteSource {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const found = fstatSync(file);
  if (!found.isFile()) {
    closeSync(file);
    throw new InputError(`${path} is no file`, { remedy: "give the path of a model's file" });
  }
  return new FileBytes(file, found.size);
}

class FileBytes implements ByteSource {
  readonly size: number;
  readonly #file: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.size = size;
  }

  read({ start, end }: Span, into = new Uint8Array(end - start)): Uint8Array {
    const bytes = into.subarray(0, end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(this.#file, bytes, filled, bytes.length - filled, start + filled);
      if (got === 0) throw new InputError("the file grew shorter while it was read");
      filled += got;
    }
    return bytes;
  }

  peek(start: number, length: number): Uint8Array {
    const end = Math.min(this.size, start + length);
    if (start < this.#windowStart || end > this.#windowStart + this.#window.length) {
      this.#window = this.read({ start, end: Math.min(this.size, start + windowBytes) });
      this.#windowStart = start;
    }
    return this.#window.subarray(start - this.#windowStart, end - this.#windowStart);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

/** The SHA-256 of a file in hexadecimal digits, read a megabyte at a time. */
export function sha256Of(source: ByteSource): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  for (let start = 0; start < source.size; start += buffer.length) {
    const end = Math.min(source.size, start + buffer.length);
    hash.update(source.read({ start, end }, buffer));
  }
  return hash.digest("hex");
}

function unreadable(path: string, cause: unknown): InputError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new InputError(
    code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read: ${message}`,
    { remedy: "give the path of a model's file", cause },
  );
}
