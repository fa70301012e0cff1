import { rowOf } from "../families/model-table.ts";
import { formatNetworkName, parseNetworkName, plainName } from "../network/network-name.ts";

/**
 * A row of a table of "Squeeze-and-Excitation Networks", arXiv 1709.01507v4, its figures
 * printed with the same digits. The paper's "FLOPs" are multiply-accumulates.
 */
export interface PublishedRow {
  /** The number of the table. */
  readonly table: number;
  /** The canonical name of the network in the grammar of names. */
  readonly network: string;
  readonly gflops?: string;
  readonly mflops?: string;
  readonly millionParameters?: string;
  /** The top-1 error on a single crop, in percent: of CIFAR-10 in table 4, else of ImageNet. */
  readonly top1Error?: number;
  /** The top-5 error on a single crop of ImageNet, in percent. */
  readonly top5Error?: number;
  /** The reason why this project's figure differs, as far as the reason is known. */
  readonly remark?: string;
}

const truncated =
  "parameters fit if they are cut off, not rounded; FLOPs are within 1 %, and where SE stands is not stated";
const notTrainable =
  "trainable parameters, which fit r=2 and r=16 to the digit; the paper's r=4, 8 and 32 are 0.1 M higher";
const anotherBase =
  "the network as it was published (timm, TensorFlow-slim) at 299 px; which one the paper counted is not known";

type Figures = Omit<PublishedRow, "table" | "network" | "top1Error" | "top5Error">;

function row(
  table: number,
  network: string,
  [top1Error, top5Error]: readonly [top1: number, top5?: number],
  figures: Figures = {},
): PublishedRow {
  const errors = top5Error === undefined ? { top1Error } : { top1Error, top5Error };
  return { table, network, ...errors, ...figures };
}

/** The paper's re-implementations and their SE counterparts on ImageNet at 224 px. */
const table2: readonly PublishedRow[] = [
  row(2, "resnet50", [24.8, 7.48], { gflops: "3.86" }),
  row(2, "se-resnet50", [23.29, 6.62], { gflops: "3.87" }),
  row(2, "resnet101", [23.17, 6.52], { gflops: "7.58" }),
  row(2, "se-resnet101", [22.38, 6.07], { gflops: "7.60" }),
  row(2, "resnet152", [22.42, 6.34], { gflops: "11.30" }),
  row(2, "se-resnet152", [21.57, 5.73], { gflops: "11.32" }),
  row(2, "resnext50-32x4d", [22.11, 5.9], { gflops: "4.24" }),
  row(2, "se-resnext50-32x4d", [21.1, 5.49], { gflops: "4.25" }),
  row(2, "resnext101-32x4d", [21.18, 5.57], { gflops: "7.99" }),
  row(2, "se-resnext101-32x4d", [20.7, 5.01], { gflops: "8.00" }),
  row(2, "vgg16-bn", [27.02, 8.81], { gflops: "15.47" }),
  row(2, "se-vgg16-bn", [25.22, 7.7], { gflops: "15.48" }),
  row(2, "bn-inception", [25.38, 7.89], { gflops: "2.03" }),
  row(2, "se-bn-inception", [24.23, 7.14], { gflops: "2.04" }),
  row(2, "inception-resnet-v2", [20.37, 5.21], { gflops: "11.75", remark: anotherBase }),
  row(2, "se-inception-resnet-v2", [19.8, 4.79], { gflops: "11.76", remark: anotherBase }),
];

const table3: readonly PublishedRow[] = [
  row(3, "mobilenet-v1", [28.4, 9.4], { mflops: "569", millionParameters: "4.2" }),
  row(3, "se-mobilenet-v1{bias=false}", [25.3, 7.7], { mflops: "572", millionParameters: "4.7" }),
  row(3, "shufflenet-v1-g3", [32.6, 12.5], {
    mflops: "140",
    millionParameters: "1.8",
    remark: truncated,
  }),
  row(3, "se-shufflenet-v1-g3{bias=false}", [31.0, 11.1], {
    mflops: "142",
    millionParameters: "2.4",
    remark: truncated,
  }),
];

/** The networks for CIFAR-10. */
const table4: readonly PublishedRow[] = [
  row(4, "preact-resnet110", [6.37]),
  row(4, "se-preact-resnet110", [5.21]),
  row(4, "preact-resnet164", [5.46]),
  row(4, "se-preact-resnet164", [4.39]),
  row(4, "wrn-16-8", [4.27]),
  row(4, "se-wrn-16-8", [3.88]),
];

const table8: readonly PublishedRow[] = [row(8, "senet154", [18.68, 4.47])];

const base: readonly [number, number] = [23.3, 6.55];
const standard: readonly [number, number] = [22.28, 6.03];

/** The ablations of ResNet-50, without biases in SE, which are trained longer than the rows of table 2. */
const ablations: readonly PublishedRow[] = [
  row(10, "resnet50", base, { gflops: "3.86", millionParameters: "25.6" }),
  row(10, "se-resnet50{r=2,bias=false}", [22.29, 6.0], { millionParameters: "45.7" }),
  row(10, "se-resnet50{r=4,bias=false}", [22.25, 6.09], {
    millionParameters: "35.7",
    remark: notTrainable,
  }),
  row(10, "se-resnet50{r=8,bias=false}", [22.26, 5.99], {
    millionParameters: "30.7",
    remark: notTrainable,
  }),
  row(10, "se-resnet50{bias=false}", standard, { millionParameters: "28.1" }),
  row(10, "se-resnet50{r=32,bias=false}", [22.72, 6.2], {
    millionParameters: "26.9",
    remark: notTrainable,
  }),
  row(11, "se-resnet50{squeeze=max,bias=false}", [22.57, 6.09]),
  row(12, "se-resnet50{gate=relu,bias=false}", [23.47, 6.98]),
  row(12, "se-resnet50{gate=tanh,bias=false}", [23.0, 6.38]),
  row(13, "se-resnet50{stages=2,bias=false}", [23.03, 6.48], {
    gflops: "3.86",
    millionParameters: "25.6",
  }),
  row(13, "se-resnet50{stages=3,bias=false}", [23.04, 6.32], {
    gflops: "3.86",
    millionParameters: "25.7",
  }),
  row(13, "se-resnet50{stages=4,bias=false}", [22.68, 6.22], {
    gflops: "3.86",
    millionParameters: "26.4",
  }),
  row(13, "se-resnet50{bias=false}", standard, { gflops: "3.87", millionParameters: "28.1" }),
  row(14, "se-resnet50{place=pre,bias=false}", [22.23, 6.0]),
  row(14, "se-resnet50{place=post,bias=false}", [22.78, 6.35]),
  row(14, "se-resnet50{place=identity,bias=false}", [22.2, 6.15]),
  row(15, "se-resnet50{place=conv3x3,bias=false}", [22.48, 6.02], {
    gflops: "3.86",
    millionParameters: "25.8",
  }),
  row(16, "se-resnet50{squeeze=none,bias=false}", [22.93, 6.39], {
    gflops: "4.27",
    millionParameters: "28.1",
  }),
];

/** Every row of the paper whose network is in the model table, table by table. */
export const publishedRows: readonly PublishedRow[] = [
  ...table2,
  ...table3,
  ...table4,
  ...table8,
  ...ablations,
];

/** Tells whether a row's table has ResNet-50 alone, with one thing changed from row to row. */
export function isAblation({ table }: PublishedRow): boolean {
  return table >= 10;
}

/** The paper's rows for a network with SE and for the plain network that it is compared with. */
export interface PublishedPair {
  readonly se: PublishedRow;
  /** The row of the plain network, or null if the paper trained none. */
  readonly plain: PublishedRow | null;
}

/**
 * The paper's rows for a network, whatever its layout and whether or not its SE
 * has biases, since neither changes what is studied. Each pair is of one table,
 * since the tables train differently. The list is empty if the paper has no row.
 */
export function publishedPairs(network: string): PublishedPair[] {
  const key = keyOf(network);
  return publishedRows
    .filter((each) => parseNetworkName(each.network).se !== null && keyOf(each.network) === key)
    .map((se) => ({ se, plain: plainOf(se) }));
}

function plainOf(se: PublishedRow): PublishedRow | null {
  const plain = plainName(se.network);
  const sameSetting = (each: PublishedRow) =>
    isAblation(se) ? isAblation(each) : each.table === se.table;
  return publishedRows.find((each) => each.network === plain && sameSetting(each)) ?? null;
}

function keyOf(network: string): string {
  const name = parseNetworkName(network);
  const [layout] = rowOf(name.model).layouts;
  return formatNetworkName({ ...name, layout, se: name.se && { ...name.se, bias: true } });
}
