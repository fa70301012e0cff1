import { roundHalfToEven } from "../image/preprocessing.ts";
import type { ColourImage } from "../image/resample.ts";

/** The header of a PBM, PGM or PPM file. */
interface Header {
  /** The number in the magic word: 1 to 3 for text, 4 to 6 for bytes. */
  readonly kind: number;
  readonly width: number;
  readonly height: number;
  /** The value of white, from 1 to 65,535; files of bits have none. */
  readonly white: number;
  /** The place of the first value. */
  readonly first: number;
}

const space = 0x20;
const newline = 0x0a;
const carriageReturn = 0x0d;
const hash = 0x23;

/** The side lengths that the header announces, before anything else is read. */
export function netpbmSize(bytes: Uint8Array): Pick<ColourImage, "width" | "height"> {
  return readHeader(bytes);
}

/**
 * Decodes a PBM, PGM or PPM file as PIL does: grey of more than 8 bits is brought to 16 bits and
 * clipped at 255, while colours of more than 8 bits are scaled.
 */
export function decodeNetpbm(bytes: Uint8Array): ColourImage {
  const header = readHeader(bytes);
  const { kind, width, height } = header;
  const channels = kind % 3 === 0 ? 3 : 1;
  const values = width * height * channels;
  // Text has at least a digit for each value, and a space between two numbers.
  const least = kind === 1 ? values : 2 * values - 1;
  if (kind <= 3 && bytes.length - header.first < least) {
    throw new Error("the Netpbm file is cut short");
  }
  const take = kind <= 3 ? plainValues(bytes, header) : rawValues(bytes, header, values);
  const pixels = new Uint8Array(width * height * 3);
  const step = 3 / channels;
  for (let at = 0; at < values; at++) {
    const value = take(at);
    pixels.fill(value, at * step, (at + 1) * step);
  }
  return { width, height, pixels };
}

function readHeader(bytes: Uint8Array): Header {
  const kind = bytes[1]! - 0x30;
  let at = 2;
  const next = (what: string): number => {
    const token = readToken(bytes, at);
    at = token.end + 1;
    if (!/^\d{1,10}$/.test(token.text)) {
      throw new Error(`the ${what} in the Netpbm header is no number`);
    }
    return Number(token.text);
  };
  const width = next("width");
  const height = next("height");
  const white = kind % 3 === 1 ? 1 : next("value of white");
  if (width < 1 || height < 1) throw new Error("the Netpbm image is empty");
  if (white < 1 || white > 65_535) throw new Error(`the value of white in it is ${white}`);
  return { kind, width, height, white, first: at };
}

/** The next word from a place on, without comments, and the place after it. */
function readToken(
  bytes: Uint8Array,
  from: number,
): { readonly text: string; readonly end: number } {
  let text = "";
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === hash) {
      while (at < bytes.length && bytes[at] !== newline && bytes[at] !== carriageReturn) at++;
    } else if (!isSpace(byte)) {
      text += String.fromCharCode(byte);
      if (text.length > 10) break;
    } else if (text !== "") {
      return { text, end: at };
    }
  }
  return { text, end: bytes.length };
}

function isSpace(byte: number): boolean {
  return byte === space || (byte >= 0x09 && byte <= carriageReturn);
}

/** The largest value that PIL scales to before it clips at 255. */
function scaledWhite({ kind, white }: Header): number {
  return kind % 3 === 2 && white > 255 ? 65_535 : 255;
}

function toByte(value: number, header: Header): number {
  const top = scaledWhite(header);
  return Math.min(255, roundHalfToEven((value / header.white) * top));
}

function rawValues(bytes: Uint8Array, header: Header, values: number): (at: number) => number {
  const { kind, width, height, white, first } = header;
  const wide = white > 255 ? 2 : 1;
  const stride = Math.ceil(width / 8);
  const needed = first + (kind === 4 ? stride * height : values * wide);
  if (bytes.length < needed) {
    throw new Error(`the Netpbm file is cut short: ${bytes.length} of ${needed} bytes`);
  }
  if (kind === 4) {
    return (at) => {
      const column = at % width;
      const byte = bytes[first + Math.floor(at / width) * stride + (column >> 3)]!;
      return (byte >> (7 - (column & 7))) & 1 ? 0 : 255;
    };
  }
  const table = Uint8Array.from({ length: wide === 1 ? 256 : 65_536 }, (_, value) =>
    toByte(value, header),
  );
  if (wide === 1) return (at) => table[bytes[first + at]!]!;
  return (at) => table[256 * bytes[first + 2 * at]! + bytes[first + 2 * at + 1]!]!;
}

/** Gives the values of a file of text one after the other. */
function plainValues(bytes: Uint8Array, header: Header): () => number {
  const bits = header.kind === 1;
  let place = header.first;
  return () => {
    const { text, end } = bits ? readBit(bytes, place) : readToken(bytes, place);
    place = end;
    if (text === "") throw new Error("the Netpbm file is cut short");
    if (bits) return text === "1" ? 0 : 255;
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value <= header.white) return toByte(value, header);
    throw new Error(`the Netpbm file has the value ${JSON.stringify(text)}`);
  };
}

/** The next of the digits 0 and 1, which need no space between them. */
function readBit(bytes: Uint8Array, from: number): { readonly text: string; readonly end: number } {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x30 || byte === 0x31) return { text: String(byte - 0x30), end: at + 1 };
    if (byte === hash) {
      while (at < bytes.length && bytes[at] !== newline && bytes[at] !== carriageReturn) at++;
    } else if (!isSpace(byte)) {
      throw new Error("the Netpbm file has a value that is neither 0 nor 1");
    }
  }
  return { text: "", end: bytes.length };
}
