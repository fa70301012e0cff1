import { type FetchOptions, temporaryFault, type TemporaryFolder } from "@sebench/artifacts";
import { showsGpu } from "@sebench/hardware";
import { InputError } from "@sebench/spec";
import { type Browser, chromium } from "playwright";
import { holdBrowser } from "./running-browser.ts";

/** The origin of a browser; `path` is one that --browser or $SEBENCH_BROWSER names. */
export type BrowserKind = "path" | "playwright" | "chrome" | "chromium" | "edge" | "sparticuz";

/** A browser that has been shown to start. */
export interface BrowserFound {
  readonly ok: true;
  readonly kind: BrowserKind;
  readonly executablePath: string;
  /** The version as the browser tells it, such as `156.0.8078.79`. */
  readonly version: string;
  /** `on` where the browser starts in its sandbox here, and otherwise `off` and why. */
  readonly sandbox: string;
  /**
   * The variables that the browser needs on top of the process's own, such as `LD_LIBRARY_PATH`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** The browsers that would have come first, had they started. */
  readonly skipped: readonly SkippedBrowser[];
}

export interface BrowserMissing {
  readonly ok: false;
  /** Every attempt and why it failed, a line each. */
  readonly reason: string;
  readonly remedy: string;
}

export interface SkippedBrowser {
  readonly what: string;
  readonly reason: string;
}

/**
 * The answer where no browser starts.
 *
 * @param remedy what would get a browser, besides naming one
 */
export function browserMissing(skipped: readonly SkippedBrowser[], remedy: string): BrowserMissing {
  const attempts = skipped.map(({ what, reason }) => `${what}: ${reason}`);
  return {
    ok: false,
    reason: ["no Chromium, Chrome or Edge that starts", ...attempts].join("\n"),
    remedy: `${remedy}; or name a browser with --browser PATH`,
  };
}

/** Where a fetched browser goes, who is told, and what ends the fetch. */
export type FetchBrowserOptions = Pick<FetchOptions, "cacheDirectory" | "onProgress" | "signal">;

/** The choice of a browser, and how its page is opened. */
export interface BrowserOptions {
  /** The path of the browser's executable, or null where one is to be found. */
  readonly path: string | null;
  readonly headed: boolean;
  /** The port of the page's server, or 0 for any that is free. */
  readonly port: number;
}

export interface LaunchBrowserOptions {
  /** Whether the browser has a window. The default is Chrome's own headless mode. */
  readonly headed?: boolean;
  /** More of Chromium's switches, such as `--enable-features=WebUSB`. */
  readonly extraArguments?: readonly string[];
  /** The signal that ends a browser that is still starting. */
  readonly signal?: AbortSignal;
  /** The folder for what the browser leaves if this process is killed; default: none. */
  readonly temporary?: TemporaryFolder;
}

/**
 * Starts the browser with a fresh profile, WebGPU and WebNN. Playwright's own switches
 * keep it from updating itself, syncing and throttling pages in the background,
 * and let it fall back to SwiftShader; `offline` keeps it from talking to the network.
 */
export async function launchBrowser(
  found: BrowserFound,
  { headed = false, extraArguments = [], signal, temporary }: LaunchBrowserOptions = {},
): Promise<Browser> {
  if (headed && found.kind === "sparticuz") {
    throw new InputError("the browser fetched from npm has no windows, so it cannot run headed", {
      remedy: "Name another with --browser PATH, or leave out --headed.",
    });
  }
  const { executablePath, environment } = found;
  const args = launchArguments(
    { linuxGpu: process.platform === "linux" && showsGpu(), headed },
    extraArguments,
  );
  const launch = (mark: string) =>
    chromium.launch({
      executablePath,
      headless: !headed,
      args: [...args, mark],
      chromiumSandbox: found.sandbox === "on",
      // Playwright would otherwise end the whole harness at a signal, before the run is recorded.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      env: { ...process.env, ...temporaryVariables(temporary), ...environment } as Record<
        string,
        string
      >,
      ...(temporary === undefined ? {} : { artifactsDir: temporary.path }),
    });
  const onProfile = (folder: string) => void temporary?.note(folder);
  return holdBrowser(launch, { signal, onProfile }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw temporaryFault(error) ?? error;
  });
}

/** The longest path of a folder in which Chromium can make its socket: 107 bytes, less its names. */
const longestTemporary = 60;

/** The variable by which Chromium puts its own temporary files where they are removed with ours. */
function temporaryVariables(temporary: TemporaryFolder | undefined): Record<string, string> {
  if (temporary === undefined || process.platform !== "linux") return {};
  return temporary.path.length > longestTemporary ? {} : { TMPDIR: temporary.path };
}

/**
 * The switches that let the browser reach the page's server and nothing else. Without them
 * Chromium looks up hosts of its maker while a case is measured, in spite of Playwright's
 * `--disable-background-networking`; a proxy would look them up for it.
 */
export const offline = [
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--no-proxy-server",
];

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
  const all = [...offline, ...webgpu, ...gpu, ...webnn, ...extra];
  const prefix = "--enable-features=";
  const features = all
    .filter((argument) => argument.startsWith(prefix))
    .map((argument) => argument.slice(prefix.length));
  const others = all.filter((argument) => !argument.startsWith(prefix));
  return [...others, prefix + features.join(",")];
}
