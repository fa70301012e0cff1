import type { DeviceDescription } from "@sebench/runtime";
import type { Missing } from "./adapter.ts";

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
export const webnnDeviceType = "cpu";

/** Describes the backend of the browser's WebNN. */
export async function describeWebnn(): Promise<DeviceDescription> {
  const context = await machineLearning()!.createContext({ deviceType: webnnDeviceType });
  // Nothing but this layout tells one backend from another.
  const { preferredInputLayout } = context.opSupportLimits();
  context.destroy();
  return {
    name: `WebNN (${webnnDeviceType})`,
    details: { deviceType: webnnDeviceType, preferredInputLayout },
  };
}

function machineLearning(): MachineLearning | undefined {
  return Reflect.get(navigator, "ml") as MachineLearning | undefined;
}

/** Why the browser has no WebNN that computes, or null where it has one. */
export async function missingWebnn(): Promise<Missing | null> {
  const ml = machineLearning();
  if (ml === undefined) {
    return {
      reason: "the browser has no WebNN",
      remedy:
        "start Chrome or Edge with --enable-features=WebMachineLearningNeuralNetwork, and from https or localhost",
    };
  }
  try {
    const context = await ml.createContext({ deviceType: webnnDeviceType });
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
