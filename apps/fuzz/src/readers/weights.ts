import { openCheckpoint } from "@sebench/pairs";
import { checkpointBytes, legacyKeys } from "@sebench/pairs/testing";
import { type Dtype, readSafetensors, toWeights, writeSafetensors } from "@sebench/weights";
import { joined } from "../mutation/bytes.ts";
import type { Seed } from "../mutation/mutate.ts";
import { fromFile, type OpenReaders } from "./reader.ts";

export const open: OpenReaders = (folder) => [
  {
    name: "weights/safetensors",
    seeds: everyDtype.flatMap(seedsOf),
    read: (input) => void toWeights(readSafetensors(input)),
  },
  {
    name: "weights/checkpoint",
    seeds: [
      checkpointBytes("se-resnet8"),
      checkpointBytes("se-resnet8", { change: legacyKeys }),
    ].flatMap(seedsOf),
    share: 0.3,
    read: fromFile(folder, "weights.safetensors", async (path) => {
      await openCheckpoint({ se: path, plain: null, prefix: null }, "se-resnet8", 32);
    }),
  },
];

/** A small file with the element types that weights have, and one with metadata alone. */
const everyDtype: readonly Uint8Array[] = [
  writeSafetensors(
    new Map(
      (["F32", "F16", "BF16", "F64"] as const).map((dtype) => [`${dtype}.weight`, tensor(dtype)]),
    ),
    new Map([["format", "pt"]]),
  ),
  writeSafetensors(new Map(), new Map([["epoch", "5"]])),
];

function tensor(dtype: Dtype) {
  const bytes = { F64: 8, F32: 4 }[dtype as string] ?? 2;
  return { dtype, shape: [2, 3], bytes: new Uint8Array(6 * bytes).fill(0x3c) };
}

/** A file as bytes, and as a header in JSON before bytes that stay as they are. */
export function seedsOf(file: Uint8Array): Seed[] {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const data = file.slice(8 + length);
  const wrap = (header: Uint8Array) => {
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
    return joined(size, header, data);
  };
  return [
    { form: "bytes", content: file },
    { form: "json", content: file.slice(8, 8 + length), wrap },
  ];
}
