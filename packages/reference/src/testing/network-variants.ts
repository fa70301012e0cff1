import { type FamilyName, modelNames, rowOf, seNameOf } from "@sebench/spec";

/** A network of each option of SE, small enough for every engine and the oracle. */
export const seVariants = [
  "se-resnet20{r=4}",
  "se-resnet20{r=4,squeeze=max}",
  "se-resnet20{r=4,squeeze=none}",
  "se-resnet20{r=4,gate=tanh}",
  "se-resnet20{r=4,gate=relu}",
  "se-resnet20{r=4,gate=hard-sigmoid}",
  "se-resnet20{r=4,activation=silu}",
  "se-resnet20{r=4,activation=hard-swish}",
  "se-resnet20{r=4,place=pre}",
  "se-resnet20{r=4,place=post}",
  "se-resnet20{r=4,place=identity}",
  "se-resnet20{r=4,place=conv3x3}",
  "se-resnet20{r=4,stages=2+3}",
  "se-resnet20{r=4,bias=false}",
] as const;

/** Networks at sizes that leave 32 and 16 pixels before the pool, whose last window then hangs over. */
export const withHangingPools: readonly (readonly [name: string, imageSize: number])[] = [
  ["se-resnet18{layout=timm-legacy}", 63],
  ["se-resnext50-32x4d{layout=timm-legacy}", 31],
];

/** A network of each other family, at a size that leaves little to compute. */
export const otherFamilies: readonly (readonly [name: string, imageSize: number])[] = [
  ["se-wrn-16-8", 16],
  ["se-preact-resnet164", 16],
  ["se-vgg16-bn", 32],
  ["se-bn-inception", 64],
  ["se-inception-resnet-v2", 75],
  ["se-mobilenet-v1", 33],
  ["se-shufflenet-v1-g3", 33],
  ["senet154", 33],
  ["mobilenet-v3-small-075{layout=timm-tf}", 34],
  ["efficientnet-b0", 33],
  ["efficientnet-v2-s{layout=timm-tf}", 34],
  ["se-efficientnet-lite0", 33],
  ["mnasnet-a1", 33],
  ["pp-lcnet-025", 33],
  ["regnety-400mf", 33],
  ["ghostnet", 33],
];

const smallestSizes: Readonly<Partial<Record<FamilyName, number>>> = {
  "inception-resnet": 75,
  "bn-inception": 64,
  vgg: 32,
};

/** Every network, plain and with SE, at a size at which it is quick, or nearly. */
export const everyNetwork: readonly (readonly [name: string, imageSize: number])[] =
  modelNames.flatMap((model) => {
    const { family, imageSize } = rowOf(model);
    const size = smallestSizes[family] ?? (imageSize === 32 ? 16 : 33);
    return [
      [model, size],
      [seNameOf(model), size],
    ] as const;
  });
