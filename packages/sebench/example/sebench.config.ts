import type { SebenchConfig } from "sebench";

export default {
  budgets: [
    { runtime: "onnxruntime-node/cpu", network: "se-resnet8", maxLatencyMs: 1000 },
    { runtime: "onnxruntime-node/cpu", network: "se-resnet50", maxOverhead: 0.06 },
  ],
} satisfies SebenchConfig;
