import { GraphBuilder, type MapShape, type Network, type Node, type Op } from "@sebench/spec";
import type { Forms } from "../src/index.ts";

/** The kinds of forms, each with its choices. */
export const choices = {
  grouped: [
    "split",
    "split-in-8",
    "block-diagonal",
    "depthwise-sum",
    "depthwise-avg-pool",
    "depthwise-conv",
  ],
  squeeze: ["reduce", "pool", "pool-twice"],
  dense: ["mat-mul", "conv"],
} as const satisfies { readonly [Kind in keyof Forms]?: readonly Forms[Kind][] };

export type FormKind = keyof typeof choices;

/** A network that has only the operators that a form is about. */
export interface FormCase {
  readonly kind: FormKind;
  readonly name: string;
  readonly network: Network;
  /** The number of those operators in the network. */
  readonly repeats: number;
}

/** The cases to measure; a software GPU gets those that it can do in some minutes. */
export function formCases(software: boolean): FormCase[] {
  const repeats = software ? 4 : 32;
  const small = [
    // These are the 3x3 convolutions of ResNeXt 32x4d.
    grouped([512, 14, 14], 1),
    grouped([1024, 7, 7], 1),
    // These are of SE-ResNet-20 at 32 pixels, SE-ResNet-18 and -50.
    squeeze([16, 32, 32], repeats),
    squeeze([64, 8, 8], repeats),
    squeeze([64, 56, 56], repeats),
    squeeze([512, 28, 28], repeats),
    squeeze([2048, 7, 7], repeats),
    // These are the excitations of the same networks at r=16.
    dense(64, 4, repeats),
    dense(256, 16, repeats),
    dense(2048, 128, repeats),
  ];
  const large = [
    grouped([128, 56, 56], 1),
    grouped([256, 28, 28], 1),
    grouped([512, 28, 28], 2),
    squeeze([256, 56, 56], repeats),
  ];
  return software ? small : [...large, ...small];
}

const trunk = { role: "trunk" } as const;

function grouped([channels, height, width]: MapShape, stride: number): FormCase {
  const builder = new GraphBuilder("grouped", [channels, height, width]);
  const op = {
    kind: "conv2d",
    outChannels: channels,
    kernel: [3, 3],
    stride: [stride, stride],
    pads: [1, 1, 1, 1],
    groups: 32,
  } as const;
  const input = builder.input.name;
  const conv = builder.add({
    ...trunk,
    op,
    inputs: [input],
    local: "conv",
    prefix: "conv",
    bias: true,
  });
  const relu = add(builder, { kind: "relu" }, [conv], "relu");
  const pooled = add(builder, { kind: "globalAvgPool" }, [relu], "pool");
  const strided = stride === 1 ? "" : `, stride ${stride}`;
  return {
    kind: "grouped",
    name: `${channels} channels, ${height}x${width}${strided}`,
    network: builder.build(pooled),
    repeats: 1,
  };
}

/** Squeezes of one map, many times, so that uploading the map takes little of the time. */
function squeeze([channels, height, width]: MapShape, repeats: number): FormCase {
  const builder = new GraphBuilder("squeeze", [channels, height, width]);
  const pools = Array.from({ length: repeats }, (_, index) =>
    add(builder, { kind: "globalAvgPool" }, [builder.input], `pool${index}`),
  );
  const sum = add(builder, { kind: "add" }, pools, "sum");
  const name = `${channels} channels, ${height}x${width}`;
  return { kind: "squeeze", name, network: builder.build(sum), repeats };
}

/** Excitations one after the other, each of which is flatten, two dense layers, and back to a map. */
function dense(channels: number, width: number, repeats: number): FormCase {
  const builder = new GraphBuilder("dense", [channels, 1, 1]);
  let map = builder.input;
  for (let index = 0; index < repeats; index++) {
    const layer = (from: Node, units: number, local: string) =>
      builder.add({
        ...trunk,
        op: { kind: "dense", units },
        inputs: [from.name],
        local,
        prefix: local,
        bias: true,
      });
    const vector = add(builder, { kind: "flatten" }, [map], `flatten${index}`);
    const hidden = add(builder, { kind: "relu" }, [layer(vector, width, `a${index}`)], `r${index}`);
    const gate = add(
      builder,
      { kind: "sigmoid" },
      [layer(hidden, channels, `b${index}`)],
      `s${index}`,
    );
    map = add(builder, { kind: "unflatten" }, [gate], `unflatten${index}`);
  }
  const name = `${channels} to ${width} to ${channels}`;
  return { kind: "dense", name, network: builder.build(map), repeats };
}

function add(builder: GraphBuilder, op: Op, inputs: readonly Node[], local: string): Node {
  return builder.add({ ...trunk, op, inputs: inputs.map(({ name }) => name), local });
}
