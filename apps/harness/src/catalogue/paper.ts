import { comparePaper, type PaperFigure, type Quantity } from "@sebench/spec";
import { alignedColumns } from "../words/terminal.ts";

const units: Readonly<Record<Quantity, string>> = {
  gflops: "GFLOPs",
  mflops: "MFLOPs",
  millionParameters: "M parameters",
};

const unexplained =
  "by less than 0.02 GFLOPs or 0.1 M parameters; the paper does not state its rule";

/** The digits beyond those that the paper prints, so that a near miss shows as one. */
const extraDigits = 2;

/** Prints the paper's counts beside ours, and marks every difference. */
export function paper(flags: { json?: boolean }): void {
  const figures = comparePaper();
  if (flags.json) {
    console.log(JSON.stringify(figures, null, 2));
    return;
  }
  const header = ["table", "network", "", "paper", "here", "differs by"];
  console.log(alignedColumns([header, ...figures.map(cells)], { right: [0, 3, 4, 5] }));
  console.log("");
  for (const line of remarksOn(figures)) console.log(line);
  console.log(
    "The paper's FLOPs are multiply-accumulates; here, those of convolutions and dense layers, and one for\neach element of a sum or a product. The paper is SENet v4 (arXiv 1709.01507v4).",
  );
}

function cells({ table, network, quantity, published, ours, same }: PaperFigure): string[] {
  const digits = (published.split(".")[1]?.length ?? 0) + extraDigits;
  const difference = ours - Number(published);
  const mark = same ? "" : `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(digits)}`;
  return [String(table), network, units[quantity], published, ours.toFixed(digits), mark];
}

function remarksOn(figures: readonly PaperFigure[]): string[] {
  const differing = figures.filter(({ same }) => !same);
  const remarks = new Map<string, string[]>();
  for (const { remark, network } of differing) {
    const reason = remark ?? unexplained;
    remarks.set(reason, [...new Set([...(remarks.get(reason) ?? []), network])]);
  }
  return [
    `${figures.length - differing.length} of ${figures.length} figures are the paper's to the digit.`,
    ...[...remarks].map(([reason, networks]) => `${networks.join(", ")}: ${reason}.`),
  ];
}
