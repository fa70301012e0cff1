import { buildNetwork, GraphBuilder } from "@sebench/spec";
import { describe, expect, it, test } from "vitest";
import type { Dtype, StoredTensor } from "../safetensors/stored-tensor.ts";
import { fromWeights } from "../safetensors/stored-weights.ts";
import { seededWeights } from "../seeded/seeded-weights.ts";
import { checkpointWeights, classesIn } from "./checkpoint.ts";

const builder = new GraphBuilder("small", [3, 1, 1]);
const place = { role: "trunk" } as const;
const conv = builder.add({
  ...place,
  op: {
    kind: "conv2d",
    outChannels: 2,
    groups: 1,
    kernel: [1, 1],
    stride: [1, 1],
    pads: [0, 0, 0, 0],
  },
  inputs: [builder.input.name],
  local: "conv",
  prefix: "conv1",
});
const norm = builder.add({
  ...place,
  op: { kind: "batchNorm", epsilon: 1e-5 },
  inputs: [conv.name],
  local: "bn",
  prefix: "bn1",
});
const flat = builder.add({ ...place, op: { kind: "flatten" }, inputs: [norm.name], local: "flat" });
const network = builder.build(
  builder.add({
    ...place,
    op: { kind: "dense", units: 2 },
    inputs: [flat.name],
    local: "fc",
    prefix: "fc",
    bias: true,
  }),
);

function float32(shape: readonly number[], ...values: readonly number[]): StoredTensor {
  return { dtype: "F32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

function counter(): StoredTensor {
  return { dtype: "I64", shape: [], bytes: new Uint8Array(8) };
}

type Changes = Readonly<Record<string, StoredTensor | null>>;

/** A file of the network with the keys that Cadene would give. */
function legacyFile(changes: Changes = {}) {
  return fileWith(
    {
      "layer0.conv1.weight": float32([2, 3, 1, 1], 1, 2, 3, 4, 5, 6),
      "layer0.bn1.weight": float32([2], 7, 8),
      "layer0.bn1.bias": float32([2], 9, 10),
      "layer0.bn1.running_mean": float32([2], 11, 12),
      "layer0.bn1.running_var": float32([2], 13, 14),
      "layer0.bn1.num_batches_tracked": counter(),
      "last_linear.weight": float32([2, 2], 15, 16, 17, 18),
      "last_linear.bias": float32([2], 19, 20),
    },
    changes,
  );
}

function fileWith(tensors: Readonly<Record<string, StoredTensor>>, changes: Changes = {}) {
  const entries = Object.entries({ ...tensors, ...changes }).filter(
    (entry): entry is [string, StoredTensor] => entry[1] !== null,
  );
  return { tensors: new Map(entries), metadata: new Map<string, string>() };
}

function refusal(file: ReturnType<typeof fileWith>): unknown {
  try {
    return checkpointWeights(network, file, "a.safetensors");
  } catch (error) {
    return error;
  }
}

test("each parameter gets the tensor of its key, and counters are passed over", () => {
  const weights = checkpointWeights(network, legacyFile(), "a.safetensors");
  const values = [...weights].map(([name, { shape, data }]) => [name, shape, [...data]]);
  expect(values).toEqual([
    ["conv1.weight", [2, 3, 1, 1], [1, 2, 3, 4, 5, 6]],
    ["bn1.weight", [2], [7, 8]],
    ["bn1.bias", [2], [9, 10]],
    ["bn1.running_mean", [2], [11, 12]],
    ["bn1.running_var", [2], [13, 14]],
    ["fc.weight", [2, 2], [15, 16, 17, 18]],
    ["fc.bias", [2], [19, 20]],
  ]);
});

test("F16 and BF16 are converted", () => {
  // The bits are those of 1 and -2 in IEEE 754 binary16 and in the upper half of binary32.
  const halves = (dtype: Dtype, ...bits: readonly number[]): StoredTensor => ({
    dtype,
    shape: [2],
    bytes: new Uint8Array(Uint16Array.from(bits).buffer),
  });
  const file = legacyFile({
    "layer0.bn1.weight": halves("F16", 0x3c00, 0xc000),
    "layer0.bn1.bias": halves("BF16", 0x3f80, 0xc000),
  });
  const weights = checkpointWeights(network, file, "a.safetensors");
  expect([...weights.get("bn1.weight")!.data]).toEqual([1, -2]);
  expect([...weights.get("bn1.bias")!.data]).toEqual([1, -2]);
});

describe("what does not fit is one error, by the file's keys", () => {
  it.each<[string, Changes, string]>([
    [
      "a tensor is missing",
      { "layer0.bn1.bias": null },
      "1 of 7 parameters missing: layer0.bn1.bias [2]",
    ],
    [
      "one is too many",
      { "layer0.bn1.extra": float32([1], 1) },
      "1 too many: layer0.bn1.extra [1]",
    ],
    ["a counter with another name is too many", { step: counter() }, "1 too many: step []"],
    [
      "a shape is another",
      { "last_linear.bias": float32([1, 2], 1, 2) },
      "1 of another shape: last_linear.bias is [1, 2], expected [2]",
    ],
    [
      "both our name and the file's are there",
      { "fc.bias": float32([2], 1, 2) },
      "1 too many: fc.bias [2]",
    ],
  ])("where %s", (_what, changes, clause) => {
    expect(refusal(legacyFile(changes))).toMatchObject({
      name: "InputError",
      message: expect.stringContaining(
        `a.safetensors does not fit small: ${clause}; its keys are `,
      ),
      remedy: expect.stringContaining("--network"),
    });
  });

  it("where the values are whole numbers", () => {
    const bytes = new Uint8Array(2);
    expect(
      refusal(legacyFile({ "layer0.bn1.bias": { dtype: "I8", shape: [2], bytes } })),
    ).toMatchObject({
      message: "a.safetensors does not fit small: 1 not floating point: layer0.bn1.bias is I8",
      remedy: "store the file with F32, F64, F16 or BF16 values",
    });
  });

  it.each([Number.NaN, Infinity])("where a value is %d", (value) => {
    expect(refusal(legacyFile({ "layer0.bn1.bias": float32([2], 1, value) }))).toMatchObject({
      message: `the values of a.safetensors do not fit small: layer0.bn1.bias holds ${value} at index 1`,
    });
  });

  it("where nothing fits, in a short list", () => {
    const others = ["a", "b", "c", "d", "e"].map((key) => [`blocks.${key}`, float32([1], 1)]);
    expect(refusal(fileWith(Object.fromEntries(others)))).toMatchObject({
      message:
        "a.safetensors does not fit small: " +
        "7 of 7 parameters missing: conv1.weight [2, 3, 1, 1], bn1.weight [2], bn1.bias [2] and 4 more; " +
        "5 too many: blocks.a [1], blocks.b [1], blocks.c [1] and 2 more; " +
        "its keys are blocks.a, blocks.b, blocks.c and so on",
    });
  });
});

test("the number of classes is that of the file's classifier", () => {
  expect(classesIn(network, legacyFile())).toBe(2);
  const more = { "last_linear.weight": float32([5, 2], ...Array.from({ length: 10 }, () => 1)) };
  expect(classesIn(network, legacyFile(more))).toBe(5);
});

test.each<[string, Changes]>([
  ["is missing", { "last_linear.weight": null }],
  ["reads other features", { "last_linear.weight": float32([1, 3], 1, 2, 3) }],
  ["has no class", { "last_linear.weight": float32([0, 2]) }],
  ["has no shape", { "last_linear.weight": float32([], 1) }],
])("a classifier that %s tells no number of classes", (_what, changes) => {
  expect(classesIn(network, legacyFile(changes))).toBeNull();
});

const se = buildNetwork("se-resnet8");
const seeded = seededWeights(se, 3);

/** The file of se-resnet8 with other names and shapes of its tensors; null leaves one out. */
function seFile(
  rename: (key: string, shape: readonly number[]) => readonly [string, readonly number[]] | null,
) {
  const tensors = [...fromWeights(seeded)].flatMap(([key, tensor]) => {
    const changed = rename(key, tensor.shape);
    return changed === null ? [] : [[changed[0], { ...tensor, shape: changed[1] }] as const];
  });
  return fileWith(Object.fromEntries(tensors));
}

// moskomule's, mmpretrain's, timm's EfficientNet's, Hu's and home-made names of the two layers.
test.each([
  ["se.fc.0", "se.fc.2"],
  ["se_layer.conv1.conv", "se_layer.conv2.conv"],
  ["se.conv_reduce", "se.conv_expand"],
  ["se_module.fc.0", "se_module.fc.2"],
  ["fc.0", "fc.2"],
  ["attention.up", "attention.down"],
])("SE that is spelled %s and %s is read, of dense layers too", (first, second) => {
  const file = seFile((key, shape) => [
    key.replace(".se.fc1.", `.${first}.`).replace(".se.fc2.", `.${second}.`),
    key.includes(".se.") ? shape.slice(0, 2) : shape,
  ]);
  expect(checkpointWeights(se, file, "a")).toEqual(seeded);
});

test("a classifier that is a convolution of one pixel is read, and its classes are counted", () => {
  const file = seFile((key, shape) => [key, key === "fc.weight" ? [...shape, 1, 1] : shape]);
  expect(classesIn(se, file)).toBe(10);
  expect(checkpointWeights(se, file, "a")).toEqual(seeded);
});

function remedyOf(file: ReturnType<typeof seFile>, name = "se-resnet8"): string {
  try {
    checkpointWeights(buildNetwork(name), file, "a");
  } catch (error) {
    const { message, remedy } = error as { message: string; remedy: string };
    return `${message} | ${remedy}`;
  }
  throw new Error("the file fits");
}

const asIs = (key: string, shape: readonly number[]) => [key, shape] as const;

test("SE without biases is told with the name that has none", () => {
  const file = seFile((key, shape) => (/\.se\..*bias/.test(key) ? null : [key, shape]));
  expect(remedyOf(file)).toContain("give --network se-resnet8{bias=false}");
  expect(() => checkpointWeights(buildNetwork("se-resnet8{bias=false}"), file, "a")).not.toThrow();
});

test.each([
  ["a module of one layer", "eca.conv"],
  ["a module of an unknown form", "cbam.channel.shared"],
])("%s in SE's place is named as such", (_what, name) => {
  const file = seFile((key, shape) =>
    key.includes(".se.fc2.") ? null : [key.replace(".se.fc1.", `.${name}.`), shape],
  );
  expect(remedyOf(file)).toContain(
    `with SE or a module of its kind that is not read, named ${name}`,
  );
});

test("a file of another reduction, of another network or without SE names what to give", () => {
  expect(remedyOf(seFile(asIs), "se-resnet8{r=4}")).toContain("add r=16 to the name's braces");
  expect(remedyOf(seFile(asIs), "se-resnet20")).toContain("give --network se-resnet8");
  const plain = seFile((key, shape) => (key.includes(".se.") ? null : [key, shape]));
  expect(remedyOf(plain)).toContain("give --network resnet8");
});

test("a file for grey images is told how to make one of it for three channels", () => {
  const file = seFile(asIs);
  const grey = { dtype: "F32", shape: [16, 1, 3, 3], bytes: new Uint8Array(576) } as const;
  const changed = { ...file, tensors: new Map([...file.tensors, ["conv1.weight", grey]]) };
  expect(remedyOf(changed)).toContain("store conv1.weight three times along its axis 1");
});

test.each([
  ["mobilenet-v3-small{layout=timm}", "mobilenet-v3-small-075"],
  ["plain-regnety-400mf", "regnety-400mf"],
  ["se-resnet50", "pp-lcnet-025"],
])("%s refuses the file of %s, and names that", (name, own) => {
  const file = fileWith(Object.fromEntries(fromWeights(seededWeights(buildNetwork(own), 1))));
  expect(() => checkpointWeights(buildNetwork(name), file, "a file")).toThrow(
    expect.objectContaining({ remedy: `give --network ${own}, or the file of ${name}` }),
  );
});

test("a dense layer takes the weights of a convolution over the whole map, in the same order", () => {
  const vgg = buildNetwork("vgg16-bn", { imageSize: 64, classes: 10 });
  const dense = fromWeights(seededWeights(vgg, 1));
  const file = fileWith({
    ...Object.fromEntries([...dense].filter(([key]) => !key.startsWith("classifier."))),
    ...Object.fromEntries(
      [
        ["pre_logits.fc1", "classifier.0", [4096, 512, 2, 2]],
        ["pre_logits.fc2", "classifier.3", [4096, 4096, 1, 1]],
        ["head.fc", "classifier.6", [10, 4096]],
      ].flatMap(([key, from, shape]) => [
        [`${key}.weight`, { ...dense.get(`${from}.weight`)!, shape }],
        [`${key}.bias`, dense.get(`${from}.bias`)!],
      ]),
    ),
  });
  const weights = checkpointWeights(vgg, file, "a file");
  const first = weights.get("classifier.0.weight")!;
  expect(first.shape).toEqual([4096, 2048]);
  expect(first.data.slice(0, 9)).toEqual(
    seededWeights(vgg, 1).get("classifier.0.weight")!.data.slice(0, 9),
  );
});
