import type { SqueezeForm } from "./forms.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { inputMapOf, inputOf, type Site } from "./site.ts";

type Statistic = "average" | "maximum";
type Write = (statistic: Statistic, site: Site, writer: KernelWriter) => string;

const forms: Readonly<Record<SqueezeForm, Write>> = {
  reduce(statistic, site, writer) {
    const x = inputOf(site);
    return statistic === "average"
      ? writer.call("Mean", { x }, { axis: [1, 2], keepDims: true })
      : writer.call("Max", { x }, { reductionIndices: [1, 2], keepDims: true });
  },
  pool(statistic, site, writer) {
    const [, height, width] = inputMapOf(site);
    return writePool(statistic, inputOf(site), [height, width], writer);
  },
  "pool-twice"(statistic, site, writer) {
    const [, height, width] = inputMapOf(site);
    const rows = writePool(statistic, inputOf(site), [height, 1], writer);
    return writePool(statistic, rows, [1, width], writer);
  },
};

/** Pools each channel of a map to one value, in the form that the site asks for. */
export const writeSqueeze: Write = (statistic, site, writer) =>
  forms[site.forms.squeeze](statistic, site, writer);

function writePool(
  statistic: Statistic,
  x: string,
  window: [number, number],
  writer: KernelWriter,
): string {
  const kernel = statistic === "average" ? "AvgPool" : "MaxPool";
  return writer.call(kernel, { x }, { filterSize: window, strides: window, pad: "valid" });
}
