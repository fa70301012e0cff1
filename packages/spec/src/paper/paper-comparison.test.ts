import { expect, test } from "vitest";
import { formatNetworkName, parseNetworkName } from "../network/network-name.ts";
import { comparePaper, type PaperFigure } from "./paper-comparison.ts";
import { publishedPairs, publishedRows } from "./published-rows.ts";

const figures = comparePaper();

const known = (pattern: RegExp) => (figure: PaperFigure) => pattern.test(figure.network);
const isInceptionResnet = known(/inception-resnet/);
const isShuffleNet = known(/shufflenet/);

test("every printed parameter count is met to 0.1 million", () => {
  const counts = figures.filter(({ quantity }) => quantity === "millionParameters");
  expect(counts.length).toBeGreaterThan(15);
  for (const { ours, published } of counts) {
    expect(Math.abs(ours - Number(published))).toBeLessThan(0.12);
  }
});

test("every printed FLOPs figure is met to 0.012 GFLOPs, but for the networks the paper leaves open", () => {
  const flops = figures.filter(({ quantity }) => quantity !== "millionParameters");
  const defined = flops.filter((each) => !isInceptionResnet(each) && !isShuffleNet(each));
  expect(defined.length).toBeGreaterThan(20);
  for (const { ours, published, quantity } of defined) {
    const unit = quantity === "gflops" ? 1 : 1e-3;
    expect(Math.abs(ours - Number(published)) * unit).toBeLessThan(0.012);
  }
});

test("ShuffleNet's FLOPs are within a hundredth of the paper's", () => {
  const errors = figures
    .filter((each) => isShuffleNet(each) && each.quantity === "mflops")
    .map(({ ours, published }) => Math.abs(ours / Number(published) - 1));
  expect(errors).toHaveLength(2);
  expect(Math.max(...errors)).toBeLessThan(0.01);
});

test.each([
  ["se-resnet50{layout=timm-legacy}", "gflops", true],
  ["se-vgg16-bn", "gflops", true],
  ["se-mobilenet-v1{bias=false}", "mflops", true],
  ["se-mobilenet-v1{bias=false}", "millionParameters", true],
  ["se-resnet50{r=2,bias=false,layout=timm-legacy}", "millionParameters", true],
  ["se-resnet50{r=4,bias=false,layout=timm-legacy}", "millionParameters", false],
  ["se-inception-resnet-v2", "gflops", false],
])("whether %s has the paper's %s to the digit is told: %s", (network, quantity, same) => {
  const found = figures.filter((each) => each.network === network && each.quantity === quantity);
  expect(found.length).toBeGreaterThan(0);
  for (const figure of found) expect(figure.same).toBe(same);
});

test("each network of the paper's tables is named as it is printed", () => {
  for (const { network } of publishedRows) {
    expect(formatNetworkName(parseNetworkName(network))).toBe(network);
  }
});

/** The errors are those of SENet v4, tables 2, 8, 10 and 16. */
test.each([
  ["se-resnet101{layout=timm-legacy}", [[2, 23.17, 22.38]]],
  ["se-resnet50{r=4}", [[10, 23.3, 22.25]]],
  ["se-resnet50{squeeze=none,bias=false}", [[16, 23.3, 22.93]]],
  ["senet154", [[8, null, 18.68]]],
  ["se-resnet20", []],
])(
  "the errors that the paper has for %s are found, whatever its layout and biases",
  (name, found) => {
    expect(
      publishedPairs(name).map(({ plain, se }) => [
        se.table,
        plain?.top1Error ?? null,
        se.top1Error,
      ]),
    ).toEqual(found);
  },
);
