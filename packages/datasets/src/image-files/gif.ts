import type { ColourImage } from "../image/resample.ts";
import { decodeByLibvips, type OpenImage } from "./libvips.ts";

/** The first frame of a GIF file, and the image that holds it. */
interface Frame {
  /** The size of the image, which grows to hold the frame where its header says less. */
  readonly size: Pick<ColourImage, "width" | "height">;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The colour of what the frame leaves of the image. */
  readonly around: readonly [number, number, number];
  /** The places of the bytes which say that one of the colours is transparent. */
  readonly flags: readonly number[];
}

const trailer = 0x3b;
const extension = 0x21;
const graphicControl = 0xf9;
const descriptor = 0x2c;
/** The places of the image's width and height in the file's header. */
const [imageWidth, imageHeight] = [6, 8];

/**
 * Decodes the first frame of a GIF file as PIL does: a transparent pixel has the colour that the
 * palette gives it, where libvips has black, and what the frame leaves of the image has the
 * transparent colour or the palette's first.
 */
export async function decodeGif(open: OpenImage, bytes: Uint8Array): Promise<ColourImage> {
  const frame = firstFrame(bytes);
  const changed = Uint8Array.from(bytes);
  for (const at of frame.flags) changed[at]! &= 0xfe;
  const view = new DataView(changed.buffer);
  view.setUint16(imageWidth, frame.size.width, true);
  view.setUint16(imageHeight, frame.size.height, true);
  const image = await decodeByLibvips(open, changed);
  const { width, height } = frame.size;
  if (image.width !== width || image.height !== height) {
    // libvips does not believe a size that is far larger than the frame's.
    throw new Error(`the GIF file's image is not ${width} x ${height} as its header says`);
  }
  fillAround(image, frame);
  return image;
}

export function gifSize(bytes: Uint8Array): Frame["size"] {
  return firstFrame(bytes).size;
}

function firstFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cutShort = new Error("the GIF file is cut short");
  if (bytes.length < 13) throw cutShort;
  const globalTable = tableOf(bytes[10]!, 13);
  const flags: number[] = [];
  let transparent = 0;
  let at = globalTable.end;
  while (at < bytes.length && bytes[at] !== trailer) {
    if (bytes[at] === extension) {
      if (bytes[at + 1] === graphicControl && (bytes[at + 3]! & 1) === 1) {
        flags.push(at + 3);
        transparent = bytes[at + 6]!;
      }
      at = afterBlocks(bytes, at + 2);
    } else if (bytes[at] === descriptor) {
      if (at + 10 > bytes.length) throw cutShort;
      const [left, top, width, height] = [1, 3, 5, 7].map((place) =>
        view.getUint16(at + place, true),
      ) as [number, number, number, number];
      const local = tableOf(bytes[at + 9]!, at + 10);
      const table = local.colours > 0 ? local : globalTable;
      const colour = table.colours > transparent ? table.first + 3 * transparent : null;
      const around = [0, 1, 2].map((c) => (colour === null ? transparent : bytes[colour + c]!));
      return {
        size: {
          width: Math.max(view.getUint16(imageWidth, true), left + width),
          height: Math.max(view.getUint16(imageHeight, true), top + height),
        },
        left,
        top,
        width,
        height,
        flags,
        around: around as [number, number, number],
      };
    } else at++;
  }
  throw new Error("the GIF file has no image");
}

interface ColourTable {
  readonly first: number;
  readonly colours: number;
  readonly end: number;
}

function tableOf(packed: number, first: number): ColourTable {
  const colours = packed & 0x80 ? 2 ** ((packed & 7) + 1) : 0;
  return { first, colours, end: first + 3 * colours };
}

/** The place after a list of blocks, each of which starts with its length and the last of which is empty. */
function afterBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
  return at + 1;
}

function fillAround({ width, height, pixels }: ColourImage, frame: Frame): void {
  for (let y = 0; y < height; y++) {
    const across = y >= frame.top && y < frame.top + frame.height;
    for (let x = 0; x < width; x++) {
      if (across && x >= frame.left && x < frame.left + frame.width) continue;
      pixels.set(frame.around, (y * width + x) * 3);
    }
  }
}
