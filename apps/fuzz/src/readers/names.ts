import { readNumber, readShard } from "@sebench/cli";
import { formatLowering, parseLowering } from "@sebench/lowering";
import {
  formatNetworkName,
  networksOf,
  parseNetworkName,
  plainName,
  seName,
  splitNetworkNames,
  withLayout,
} from "@sebench/spec";
import { fromText, type OpenReaders } from "./reader.ts";

export const open: OpenReaders = () => [
  {
    name: "names/network",
    seeds: [
      "se-resnet50{r=8,squeeze=max,gate=tanh,place=pre,stages=2+3,bias=false,layout=timm}",
      "seresnet50",
      "resnet20",
      "se-resnext101-64x4d",
    ].map((content) => ({ form: "lines", content }) as const),
    read: fromText((text) => {
      const printed = formatNetworkName(parseNetworkName(text));
      seName(printed);
      plainName(printed);
      if (formatNetworkName(parseNetworkName(printed)) === printed) return;
      throw new Error(`${printed} is read as another network than it was printed for`);
    }),
  },
  {
    name: "names/list",
    seeds: [{ form: "lines", content: "se-resnet50{r=8,gate=tanh},resnet18, resnet20" }],
    read: fromText((text) => void splitNetworkNames(text).map(parseNetworkName)),
  },
  {
    name: "names/set",
    seeds: [{ form: "lines", content: "paper" }],
    read: fromText((text) => void networksOf(text)),
  },
  {
    name: "names/layout",
    seeds: [{ form: "lines", content: "timm" }],
    read: fromText((text) => void withLayout("se-resnet50", text)),
  },
  {
    name: "names/lowering",
    seeds: ["nchwc/2-4:squeeze-fold+scale-fold/5:gate-resize+gemm", "conv1x1"].map(
      (content) => ({ form: "lines", content }) as const,
    ),
    read: fromText((text) => {
      const printed = formatLowering(parseLowering(text));
      if (formatLowering(parseLowering(printed)) === printed) return;
      throw new Error(`${printed} is read as another lowering than it was printed for`);
    }),
  },
  {
    name: "names/flags",
    seeds: ["2/4", "17/17"].map((content) => ({ form: "lines", content }) as const),
    read: fromText((text) => void readShard(text)),
  },
  {
    name: "names/number",
    seeds: ["1", "0.5", "1e3"].map((content) => ({ form: "lines", content }) as const),
    read: fromText((text) => ({
      number: String(readNumber("--budget", text, { from: 0, to: 1e6, whole: false })),
    })),
  },
];
