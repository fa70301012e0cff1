import { runReference } from "@sebench/reference";
import {
  type AvgPool,
  GraphBuilder,
  type MapShape,
  type MaxPool,
  type Network,
  type Node,
  type Op,
  type Pads,
} from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import type { Forms } from "./forms.ts";
import { type TestBackend, testBackends } from "./testing/backend.ts";
import { everyGrouped, everyOther, everySqueeze } from "./testing/forms.ts";
import { relativeError, testImages } from "./testing/images.ts";
import { runLowered } from "./testing/run.ts";

const trunk = { role: "trunk" } as const;

/** Adds nodes to a graph; the last one's values, flattened, are the logits. */
function graph(shape: MapShape, write: (builder: GraphBuilder) => Node): Network {
  const builder = new GraphBuilder("graph", shape);
  const last = write(builder);
  const op = { kind: "flatten" } as const;
  const flat = builder.add({ op, inputs: [last.name], role: "head", local: "flatten" });
  return builder.build(flat);
}

function apply(shape: MapShape, op: Op, bias = false): Network {
  return graph(shape, (builder) =>
    builder.add({ op, inputs: [builder.input.name], ...trunk, local: "op", prefix: "op", bias }),
  );
}

/** Of what a backend gives, in each of these forms; relative to the oracle's. */
async function largestError(
  backend: TestBackend,
  network: Network,
  forms: readonly Forms[],
): Promise<number> {
  const weights = seededWeights(network, 1);
  const images = testImages(3, network.nodes[0]!.shape as MapShape);
  const expected = runReference(network, weights, images);
  const lowered = { network, weights, lowering: "conv1x1" } as const;
  const errors: number[] = [];
  for (const each of forms) {
    errors.push(relativeError(await runLowered(backend, lowered, images, each), expected));
  }
  return Math.max(...errors);
}

const square = { kind: "conv2d", kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1] } as const;
const plain = { ...square, outChannels: 8, groups: 1 } as const;

const convolutions: [string, Op][] = [
  ["3x3", plain],
  ["depthwise", { ...square, outChannels: 16, groups: 16 }],
  ["depthwise with a multiplier", { ...square, outChannels: 48, groups: 16 }],
  ["depthwise, strided", { ...square, outChannels: 16, groups: 16, stride: [2, 2] }],
  ["1x7", { ...plain, kernel: [1, 7], pads: [0, 3, 0, 3] }],
  ["7x1", { ...plain, kernel: [7, 1], pads: [3, 0, 3, 0] }],
  ["uneven pads and strides", { ...plain, stride: [2, 1], pads: [0, 1, 2, 0] }],
  ["strided, without pads", { ...plain, stride: [2, 2], pads: [0, 0, 0, 0] }],
];

const grouped: [string, Op][] = [
  ["in 4 groups", { ...square, outChannels: 24, groups: 4 }],
  ["in 3 groups of 5", { ...square, outChannels: 30, groups: 3 }],
  ["in 32 groups of 1 to 2", { ...square, outChannels: 64, groups: 32 }],
  ["in 16 groups of 4, strided", { ...square, outChannels: 64, groups: 16, stride: [2, 2] }],
  [
    "in 2 groups, 1x1",
    { ...square, kernel: [1, 1], pads: [0, 0, 0, 0], outChannels: 8, groups: 2 },
  ],
];
const channelsOf = { 4: 16, 3: 15, 32: 32, 16: 64, 2: 6 } as const;

const none: Pads = [0, 0, 0, 0];
const one: Pads = [1, 1, 1, 1];
const window = { kernel: [3, 3], stride: [2, 2], pads: none, ceil: true } as const;
const max: MaxPool = { kind: "maxPool", ...window };
const avg: AvgPool = { kind: "avgPool", ...window, countIncludePad: false };
const avgOfAll: AvgPool = { ...avg, countIncludePad: true };

const pools: [string, MaxPool | AvgPool][] = [
  ["max, rounded down, padded", { ...max, ceil: false, pads: one }],
  ["max, rounded up", max],
  ["max, rounded up, padded", { ...max, pads: one }],
  ["max, rounded up, 2x2 at stride 3", { ...max, kernel: [2, 2], stride: [3, 3], pads: one }],
  ["average, padding not counted", { ...avg, ceil: false, pads: one }],
  ["average, padding counted", { ...avgOfAll, ceil: false, pads: one }],
  ["average, padding counted, stride 1", { ...avgOfAll, stride: [1, 1], ceil: false, pads: one }],
  ["average, rounded up", avg],
  ["average, rounded up, padding not counted", { ...avg, pads: one }],
  ["average, rounded up, padding counted", { ...avgOfAll, pads: one }],
  ["average, rounded up, no padding to count", avgOfAll],
  ["average, rounded up, uneven padding counted", { ...avgOfAll, pads: [1, 0, 0, 1] }],
];

const map: MapShape = [12, 5, 4];

const combinations: [string, Network][] = [
  ["add, of two maps", graph(map, (builder) => join(builder, "add", ["relu", "tanh"]))],
  [
    "add, of three maps",
    graph(map, (builder) => join(builder, "add", ["relu", "sigmoid", "tanh"])),
  ],
  ["add, of a map and itself", graph(map, (builder) => join(builder, "add", ["relu", "relu"]))],
  ["mul, of equal shapes", graph(map, (builder) => join(builder, "mul", ["relu", "tanh"]))],
  ["mul, by a gate", graph(map, (builder) => join(builder, "mul", ["relu", "globalAvgPool"]))],
  [
    "concat, in order",
    graph(map, (builder) => join(builder, "concat", ["relu", "sigmoid", "tanh"])),
  ],
  ["dense with bias", graph(map, (builder) => dense(builder, true))],
  ["dense without bias", graph(map, (builder) => dense(builder, false))],
];

const single: Op[] = [
  { kind: "relu" },
  { kind: "sigmoid" },
  { kind: "tanh" },
  { kind: "scaleBy", factor: 0.17 },
  { kind: "channelShuffle", groups: 3 },
  { kind: "batchNorm", epsilon: 1e-3 },
];

describe.each(testBackends)(
  "on %s, in every form, tfjs agrees with the oracle about",
  (backend) => {
    it.each(convolutions)("a convolution: %s", async (_name, op) => {
      for (const bias of [false, true]) {
        const network = apply([16, 11, 9], op, bias);
        expect(await largestError(backend, network, everyOther)).toBeLessThan(1e-5);
      }
    });

    it.each(grouped)("a convolution %s", async (_name, op) => {
      const channels = channelsOf[(op as { groups: keyof typeof channelsOf }).groups];
      for (const bias of [false, true]) {
        const network = apply([channels, 9, 8], op, bias);
        expect(await largestError(backend, network, everyGrouped)).toBeLessThan(1e-5);
      }
    });

    it.each(["relu", "sigmoid"] as const)("a %s that follows a convolution", async (kind) => {
      for (const groups of [1, 8]) {
        const network = graph([16, 6, 6], (builder) => activated(builder, groups, kind));
        expect(await largestError(backend, network, everyGrouped)).toBeLessThan(1e-5);
      }
    });

    it.each(["globalAvgPool", "globalMaxPool"] as const)("%s", async (kind) => {
      const network = apply([12, 7, 5], { kind });
      expect(await largestError(backend, network, everySqueeze)).toBeLessThan(1e-5);
    });

    it.each([6, 7, 8, 9].flatMap((size) => pools.map(([name, op]) => ({ size, name, op }))))(
      "pooling of $size pixels: $name",
      async ({ size, op }) => {
        const network = apply([4, size, size + 1], op);
        expect(await largestError(backend, network, everyOther)).toBeLessThan(1e-5);
      },
    );

    it.each([...single.map((op): [string, Network] => [op.kind, apply(map, op)]), ...combinations])(
      "%s",
      async (_name, network) => {
        expect(await largestError(backend, network, everyOther)).toBeLessThan(1e-5);
      },
    );
  },
);

/** Joins what several operators make of the input. */
function join(
  builder: GraphBuilder,
  kind: "add" | "mul" | "concat",
  branches: readonly ("relu" | "sigmoid" | "tanh" | "globalAvgPool")[],
): Node {
  const made = new Map(
    branches.map((branch) => {
      const op = { kind: branch };
      const at = { ...trunk, inputs: [builder.input.name], local: branch };
      return [branch, () => builder.add({ ...at, op }).name] as const;
    }),
  );
  const names = new Map(Array.from(made, ([branch, make]) => [branch, make()] as const));
  const inputs = branches.map((branch) => names.get(branch)!);
  return builder.add({ ...trunk, op: { kind }, inputs, local: kind });
}

function activated(builder: GraphBuilder, groups: number, kind: "relu" | "sigmoid"): Node {
  const op = { ...square, outChannels: 16, groups } as const;
  const at = { ...trunk, local: "conv", prefix: "conv", bias: true };
  const conv = builder.add({ ...at, op, inputs: [builder.input.name] });
  return builder.add({ ...trunk, op: { kind }, inputs: [conv.name], local: kind });
}

function dense(builder: GraphBuilder, bias: boolean): Node {
  const add = (op: Op, { name }: Node) =>
    builder.add({ ...trunk, op, inputs: [name], local: op.kind, prefix: "fc", bias });
  const flat = add({ kind: "flatten" }, builder.input);
  return add({ kind: "unflatten" }, add({ kind: "dense", units: 7 }, flat));
}
