/** A network of each option of SE, small enough for every engine and the oracle. */
export const seVariants = [
  "se-resnet20{r=4}",
  "se-resnet20{r=4,squeeze=max}",
  "se-resnet20{r=4,squeeze=none}",
  "se-resnet20{r=4,gate=tanh}",
  "se-resnet20{r=4,gate=relu}",
  "se-resnet20{r=4,place=pre}",
  "se-resnet20{r=4,place=post}",
  "se-resnet20{r=4,place=identity}",
  "se-resnet20{r=4,place=conv3x3}",
  "se-resnet20{r=4,stages=2+3}",
  "se-resnet20{r=4,bias=false}",
] as const;

/** With sizes that leave 16 and 32 pixels before the pool, whose last window then hangs over. */
export const withHangingPools: readonly (readonly [name: string, imageSize: number])[] = [
  ["se-resnet18{layout=timm-legacy}", 63],
  ["se-resnext50-32x4d{layout=timm-legacy}", 31],
];
