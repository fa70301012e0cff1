import { notOnlyOn } from "@sebench/onnxruntime";
import { fetchedBinary, type Missing } from "@sebench/web-device";
import type { WebDeviceRow } from "./device-row.ts";
import { ConsoleTap } from "./print-tap.ts";

/**
 * The part of WebNN that is used.
 *
 * @see https://www.w3.org/TR/webnn/
 */
interface MachineLearning {
  createContext(options: { readonly deviceType: string }): Promise<{
    opSupportLimits(): { readonly preferredInputLayout: string };
    destroy(): void;
  }>;
}

/**
 * WebNN's default device. Where a GPU or an NPU is asked for, browsers may use the CPU
 * all the same, without a word, so that a GPU or an NPU could not be proven.
 *
 * @see https://webnn.io/en/api-reference/browser-compatibility/api
 */
const deviceType = "cpu";

export const webnnRow: WebDeviceRow = {
  device: "webnn",
  bundle: "onnxruntime-web/webgpu",
  file: "ort-wasm-simd-threaded.asyncify.wasm",
  import: () => import("onnxruntime-web/webgpu"),
  executionProvider: { name: "webnn", deviceType },
  tap: new ConsoleTap(),
  missing: missingWebnn,
  binary: fetchedBinary,
  async taken() {
    const context = await machineLearning()!.createContext({ deviceType });
    // Nothing but this layout tells one backend from another.
    const { preferredInputLayout } = context.opSupportLimits();
    context.destroy();
    return {
      device: {
        name: `WebNN (${deviceType})`,
        details: { deviceType, preferredInputLayout },
      },
      software: false,
    };
  },
  doubt: (profile, { threads }) =>
    notOnlyOn("WebNNExecutionProvider", profile) ??
    (threads === null
      ? null
      : `${threads} threads were asked for, and the browser does not tell how many WebNN has`),
};

function machineLearning(): MachineLearning | undefined {
  return Reflect.get(navigator, "ml") as MachineLearning | undefined;
}

async function missingWebnn(): Promise<Missing | null> {
  const ml = machineLearning();
  if (ml === undefined) {
    return {
      reason: "the browser has no WebNN",
      remedy:
        "start Chrome or Edge with --enable-features=WebMachineLearningNeuralNetwork, and from https or localhost",
    };
  }
  try {
    const context = await ml.createContext({ deviceType });
    context.destroy();
    return null;
  } catch (error) {
    const why = (error as Error).message.replace(/\.$/, "");
    return {
      reason: `the browser's WebNN has no backend here: ${why}`,
      remedy:
        "use a browser that was built with one, which Debian's Chromium was not: Chrome, Edge, or npm's @sparticuz/chromium, with --browser PATH",
    };
  }
}
