import { showsGpu } from "@sebench/hardware";
import { InputError } from "@sebench/spec";
import { type Browser, chromium } from "playwright";
import type { BrowserFound } from "./browser.ts";

export interface LaunchBrowserOptions {
  /** With a window. Default: headless, in Chrome's own headless mode. */
  readonly headed?: boolean;
  /** Chromium's switches, such as `--enable-features=WebUSB`. */
  readonly extraArguments?: readonly string[];
}

/**
 * Starts the browser with a fresh profile, WebGPU and WebNN. Playwright's own switches
 * keep it from updating itself, syncing, throttling pages in the background and
 * talking to the network, and let it fall back to SwiftShader.
 */
export async function launchBrowser(
  found: BrowserFound,
  { headed = false, extraArguments = [] }: LaunchBrowserOptions = {},
): Promise<Browser> {
  if (headed && found.kind === "sparticuz") {
    throw new InputError("the browser fetched from npm has no windows, so it cannot run headed", {
      remedy: "Name another with --browser PATH, or leave out --headed.",
    });
  }
  const { executablePath, environment } = found;
  return chromium.launch({
    executablePath,
    headless: !headed,
    args: launchArguments(
      { linuxGpu: process.platform === "linux" && showsGpu(), headed },
      extraArguments,
    ),
    // Else Playwright ends the whole harness at a signal, before the run is recorded.
    handleSIGINT: false,
    handleSIGTERM: false,
    env: { ...process.env, ...environment } as Record<string, string>,
  });
}

/** WebGPU on every device, SwiftShader too; timestamps and adapter details unrounded. */
const webgpu = ["--enable-unsafe-webgpu", "--enable-webgpu-developer-features"];

/** Chrome has WebNN, but does not offer it of itself. */
const webnn = ["--enable-features=WebMachineLearningNeuralNetwork"];

/**
 * On Linux, WebGPU and WebGL reach a GPU through Vulkan, and without a display
 * only when not asked for a surface to draw on:
 * https://developer.chrome.com/blog/supercharge-web-ai-testing
 */
const vulkan = [
  "--ignore-gpu-blocklist",
  "--use-angle=vulkan",
  "--enable-features=Vulkan,VulkanFromANGLE",
  "--disable-vulkan-surface",
];

/**
 * Vulkan draws windows on X11 only, Wayland's Xwayland included; headless Chromium
 * has a platform of its own: https://github.com/gpuweb/gpuweb/wiki/Implementation-Status
 */
const vulkanWindow = ["--ozone-platform=x11"];

/** Of several `--enable-features`, Chromium hears only the last, so they become one. */
export function launchArguments(
  { linuxGpu, headed }: { readonly linuxGpu: boolean; readonly headed: boolean },
  extra: readonly string[],
): string[] {
  const gpu = linuxGpu ? [...vulkan, ...(headed ? vulkanWindow : [])] : [];
  const all = [...webgpu, ...gpu, ...webnn, ...extra];
  const prefix = "--enable-features=";
  const features = all
    .filter((argument) => argument.startsWith(prefix))
    .map((argument) => argument.slice(prefix.length));
  const others = all.filter((argument) => !argument.startsWith(prefix));
  return [...others, prefix + features.join(",")];
}
