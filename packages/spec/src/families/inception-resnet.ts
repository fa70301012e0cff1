import { type Layers, layersAt, square, squareWindow } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import type { Op, Size } from "../graph/op.ts";
import {
  type BlockContext,
  type NetworkContext,
  trunkLayers,
  withSe,
  type Family,
  pooledHead,
} from "./family.ts";
import type { SingleRow } from "./model-table.ts";

/** A convolution with batch norm and ReLU. */
interface Unit {
  readonly outChannels: number;
  readonly kernel: Size;
  readonly stride?: number;
  /** Whether the convolution has no padding; by default the padding is half the kernel. */
  readonly valid?: boolean;
}

type Branch = readonly Unit[];

interface ResidualModule {
  readonly branches: readonly Branch[];
  /** The factor of the branch before the sum. */
  readonly scale: number;
}

const unit = (outChannels: number, kernel: number | Size = 1): Unit => ({
  outChannels,
  kernel: typeof kernel === "number" ? square(kernel) : kernel,
});
const valid = (outChannels: number, stride: number): Unit => ({
  outChannels,
  kernel: square(3),
  stride,
  valid: true,
});

const block35: ResidualModule = {
  branches: [[unit(32)], [unit(32), unit(32, 3)], [unit(32), unit(48, 3), unit(64, 3)]],
  scale: 0.17,
};
const block17: ResidualModule = {
  branches: [[unit(192)], [unit(128), unit(160, [1, 7]), unit(192, [7, 1])]],
  scale: 0.1,
};
const block8: ResidualModule = {
  branches: [[unit(192)], [unit(192), unit(224, [1, 3]), unit(256, [3, 1])]],
  scale: 0.2,
};

const mixed5b: readonly Branch[] = [
  [unit(96)],
  [unit(48), unit(64, 5)],
  [unit(64), unit(96, 3), unit(96, 3)],
];
const mixed6a: readonly Branch[] = [[valid(384, 2)], [unit(256), unit(256, 3), valid(384, 2)]];
const mixed7a: readonly Branch[] = [
  [unit(256), valid(384, 2)],
  [unit(256), valid(288, 2)],
  [unit(256), unit(288, 3), valid(320, 2)],
];

/**
 * Inception-ResNet-v2 (Szegedy et al. 2017) for 299 x 299 images, with timm's
 * names of parameters and the numbers that its modules are called by (5b, 6a,
 * 7a) as stages. The SENet paper says that SE stands on the residual branch:
 * all 40 residual blocks have SE, before the branch is scaled and added. The
 * paper leaves open whether the stem, 5b, 6a and 7a have SE; they have none.
 */
export const inceptionResnet: Family<SingleRow<"inception-resnet">> = {
  stages: () => [5, 6, 7],
  places: ["standard", "pre", "post", "identity"],
  trunk(_row, context) {
    const at = (stage: number, prefix: string) => ({ ...context, stage, block: 0, prefix });
    let map = mixedWithAverage(stem(context), at(5, "mixed_5b"));
    map = repeat(map, 10, block35, at(5, "repeat"));
    map = mixed(map, mixed6a, at(6, "mixed_6a"));
    map = repeat(map, 20, block17, at(6, "repeat_1"));
    map = mixed(map, mixed7a, at(7, "mixed_7a"));
    map = repeat(map, 9, block8, at(7, "repeat_2"));
    // The last block is neither scaled nor rectified.
    map = residual(map, block8, { ...at(7, "block8"), block: 10 }, { last: true });
    const last = { ...unit(1536), local: "conv", prefix: "conv2d_7b", epsilon };
    return layersAt(context.builder, { role: "head" }).unit(map, last);
  },
  head: pooledHead("classif"),
};

/** The epsilon of TensorFlow-slim, which the weights were trained with. */
const epsilon = 1e-3;

function stem({ builder }: NetworkContext): Node {
  const layers = layersAt(builder, { role: "stem" });
  const rows: readonly (readonly [name: string, Unit | "pool"])[] = [
    ["conv2d_1a", valid(32, 2)],
    ["conv2d_2a", valid(32, 1)],
    ["conv2d_2b", unit(64, 3)],
    ["maxpool_3a", "pool"],
    ["conv2d_3b", unit(80)],
    ["conv2d_4a", valid(192, 1)],
    ["maxpool_5a", "pool"],
  ];
  let map = builder.input;
  for (const [name, row] of rows) {
    map = row === "pool" ? layers.op(maxPool, map, name) : append(layers, map, row, name, name);
  }
  return map;
}

const maxPool: Op = { kind: "maxPool", ...squareWindow(3, 2, 0), ceil: false };

/** Average pooling as in TensorFlow, whose divisor does not count padding. */
const averagePool: Op = {
  kind: "avgPool",
  ...squareWindow(3, 1, 1),
  ceil: false,
  countIncludePad: false,
};

function append(layers: Layers, map: Node, row: Unit, local: string, prefix: string): Node {
  const { valid: unpadded = false, ...shape } = row;
  const pads = unpadded ? { pads: [0, 0, 0, 0] as const } : {};
  return layers.unit(map, { ...shape, ...pads, local, prefix, epsilon });
}

/** Adds the branches and returns their outputs in order. As in timm, a branch of one unit is not numbered. */
function runBranches(input: Node, branches: readonly Branch[], context: BlockContext): Node[] {
  const layers = trunkLayers(context);
  return branches.map((units, index) => {
    let map = input;
    for (const [at, row] of units.entries()) {
      const name = units.length === 1 ? `branch${index}` : `branch${index}.${at}`;
      map = append(layers, map, row, name.replace(".", "/"), `${context.prefix}.${name}`);
    }
    return map;
  });
}

/** Adds a module that halves the map; a pooled copy of the map is the last branch. */
function mixed(input: Node, branches: readonly Branch[], context: BlockContext): Node {
  const layers = trunkLayers(context);
  const pooled = layers.op(maxPool, input, "pool");
  return layers.apply("concat", [...runBranches(input, branches, context), pooled], "concat");
}

function mixedWithAverage(input: Node, context: BlockContext): Node {
  const layers = trunkLayers(context);
  const average = layers.op(averagePool, input, "pool");
  const pooled = append(layers, average, unit(64), "branch3", `${context.prefix}.branch3.1`);
  return layers.apply("concat", [...runBranches(input, mixed5b, context), pooled], "concat");
}

/** Adds residual blocks, numbered from 1 in their stage, since 0 is the module before them. */
function repeat(input: Node, count: number, shape: ResidualModule, context: BlockContext): Node {
  let map = input;
  for (let index = 0; index < count; index++) {
    const prefix = `${context.prefix}.${index}`;
    map = residual(map, shape, { ...context, block: index + 1, prefix }, { last: false });
  }
  return map;
}

function residual(
  input: Node,
  { branches, scale }: ResidualModule,
  context: BlockContext,
  { last }: { readonly last: boolean },
): Node {
  const layers = trunkLayers(context);
  const outputs = runBranches(withSe("pre", input, context), branches, context);
  const whole = layers.conv(layers.apply("concat", outputs, "concat"), {
    outChannels: input.shape[0],
    kernel: square(1),
    bias: true,
    local: "conv2d",
    prefix: `${context.prefix}.conv2d`,
  });
  const branch = withSe("standard", whole, context);
  const scaled = last ? branch : layers.op({ kind: "scaleBy", factor: scale }, branch, "scale");
  const sum = layers.apply("add", [scaled, withSe("identity", input, context)], "add");
  return withSe("post", last ? sum : layers.apply("relu", [sum], "relu"), context);
}
