import { type Layers, layersAt, square, squareWindow } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import type { Op } from "../graph/op.ts";
import {
  type BlockContext,
  type NetworkContext,
  trunkLayers,
  withSe,
  type Family,
  onlyStandard,
  pooledHead,
} from "./family.ts";
import type { SingleRow } from "./model-table.ts";

/** A module, as the channels that the convolutions of its branches give, in order. */
interface Module {
  readonly name: string;
  readonly stride: 1 | 2;
  /** The branch of a 1x1, or null if the module has none. */
  readonly single: number | null;
  /** The branch of a 1x1 and a 3x3. */
  readonly pair: readonly [number, number];
  /** The branch of a 1x1 and two 3x3. */
  readonly triple: readonly [number, number, number];
  readonly pool: "avg" | "max";
  /** The 1x1 after the pooling, or null if the pooled map is passed on as it is. */
  readonly projection: number | null;
}

function module(
  name: string,
  single: number,
  pair: Module["pair"],
  triple: Module["triple"],
  projection: number,
  pool: Module["pool"] = "avg",
): Module {
  return { name, stride: 1, single, pair, triple, pool, projection };
}

function reduction(name: string, pair: Module["pair"], triple: Module["triple"]): Module {
  return { name, stride: 2, single: null, pair, triple, pool: "max", projection: null };
}

/** The modules of hujie-frank/SENet, models/SE-BN-Inception.prototxt. */
const modules: readonly Module[] = [
  module("3a", 64, [64, 64], [64, 96, 96], 32),
  module("3b", 64, [64, 96], [64, 96, 96], 64),
  reduction("3c", [128, 160], [64, 96, 96]),
  module("4a", 224, [64, 96], [96, 128, 128], 128),
  module("4b", 192, [96, 128], [96, 128, 128], 128),
  module("4c", 160, [128, 160], [128, 160, 160], 128),
  module("4d", 96, [128, 192], [160, 192, 192], 128),
  reduction("4e", [128, 192], [192, 256, 256]),
  module("5a", 352, [192, 320], [160, 224, 224], 128),
  module("5b", 352, [192, 320], [192, 224, 224], 128, "max"),
];

/** Inception with batch norm (Ioffe & Szegedy 2015), as the authors of SENet released it. */
export const bnInception: Family<SingleRow<"bn-inception">> = {
  stages: () => [...new Set(modules.map(stageOf))],
  places: onlyStandard,
  trunk(_row, context) {
    let map = stem(context);
    for (const each of modules) {
      const stage = stageOf(each);
      const block = modules.filter((other) => stageOf(other) === stage).indexOf(each);
      map = inception(map, each, { ...context, stage, block, prefix: `inception_${each.name}` });
    }
    return map;
  },
  head: pooledHead("fc"),
};

function stageOf({ name }: Module): number {
  return Number(name[0]);
}

function stem({ builder }: NetworkContext): Node {
  const layers = layersAt(builder, { role: "stem" });
  const halve = (map: Node, local: string) => layers.op(maxPool(2), map, local);
  const named = (local: string) => ({ local, prefix: local });
  const first = { outChannels: 64, kernel: square(7), stride: 2 };
  let map = halve(layers.unit(builder.input, { ...first, ...named("conv1") }), "pool1");
  map = layers.unit(map, { outChannels: 64, kernel: square(1), ...named("conv2_reduce") });
  map = layers.unit(map, { outChannels: 192, kernel: square(3), ...named("conv2") });
  return halve(map, "pool2");
}

/** Adds four branches, joined along channels; SE scales the joined map. */
function inception(input: Node, shape: Module, context: BlockContext): Node {
  const layers = trunkLayers(context);
  const units = branchWriter(layers, context);
  const { single, pair, triple, stride } = shape;
  const branches = [
    ...(single === null ? [] : [units(input, [["1x1", single, 1]])]),
    units(input, [
      ["3x3_reduce", pair[0], 1],
      ["3x3", pair[1], 3, stride],
    ]),
    units(input, [
      ["double3x3_reduce", triple[0], 1],
      ["double3x3_1", triple[1], 3],
      ["double3x3_2", triple[2], 3, stride],
    ]),
    pooled(input, shape, layers, units),
  ];
  return withSe("standard", layers.apply("concat", branches, "concat"), context);
}

type UnitRow = readonly [local: string, outChannels: number, kernel: number, stride?: number];

function branchWriter(layers: Layers, { prefix }: BlockContext) {
  return (input: Node, rows: readonly UnitRow[]): Node => {
    let map = input;
    for (const [local, outChannels, kernel, stride = 1] of rows) {
      const shape = { outChannels, kernel: square(kernel), stride };
      map = layers.unit(map, { ...shape, local, prefix: `${prefix}.${local}` });
    }
    return map;
  };
}

function pooled(
  input: Node,
  { pool, projection, stride }: Module,
  layers: Layers,
  units: ReturnType<typeof branchWriter>,
): Node {
  const map = layers.op(pool === "avg" ? averagePool : maxPool(stride), input, "pool");
  return projection === null ? map : units(map, [["pool_proj", projection, 1]]);
}

/** Average pooling as in Caffe, which divides by the window's size, padding included. */
const averagePool: Op = {
  kind: "avgPool",
  ...squareWindow(3, 1, 1),
  ceil: false,
  countIncludePad: true,
};

/** Maximum pooling as in Caffe, which rounds up and pads nothing if the stride is 2. */
function maxPool(stride: 1 | 2): Op {
  return { kind: "maxPool", ...squareWindow(3, stride, stride === 1 ? 1 : 0), ceil: stride === 2 };
}
