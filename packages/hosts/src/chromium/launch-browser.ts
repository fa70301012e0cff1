import { showsGpu } from "@sebench/hardware";
import { InputError } from "@sebench/spec";
import { type Browser, chromium } from "playwright";
import type { BrowserFound } from "./browser.ts";

export interface LaunchBrowserOptions {
  /** Whether the browser has a window. The default is Chrome's own headless mode. */
  readonly headed?: boolean;
  /** More of Chromium's switches, such as `--enable-features=WebUSB`. */
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
    // Playwright would otherwise end the whole harness at a signal, before the run is recorded.
    handleSIGINT: false,
    handleSIGTERM: false,
    env: { ...process.env, ...environment } as Record<string, string>,
  });
}

/**
 * The switches for WebGPU on every device, SwiftShader too, with timestamps and adapter details
 * that are not rounded.
 */
const webgpu = ["--enable-unsafe-webgpu", "--enable-webgpu-developer-features"];

/** The switch for WebNN, which Chrome has but does not offer by default. */
const webnn = ["--enable-features=WebMachineLearningNeuralNetwork"];

/**
 * The switches by which WebGPU and WebGL reach a GPU through Vulkan on Linux. Without a display
 * they reach it only when not asked for a surface to draw on:
 * https://developer.chrome.com/blog/supercharge-web-ai-testing
 */
const vulkan = [
  "--ignore-gpu-blocklist",
  "--use-angle=vulkan",
  "--enable-features=Vulkan,VulkanFromANGLE",
  "--disable-vulkan-surface",
];

/**
 * The switch for windows on Vulkan, which draws on X11 only, Wayland's Xwayland included. Headless
 * Chromium has a platform of its own: https://github.com/gpuweb/gpuweb/wiki/Implementation-Status
 */
const vulkanWindow = ["--ozone-platform=x11"];

/**
 * Chromium's arguments, with all `--enable-features` joined into one, since Chromium hears only the
 * last.
 */
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
