import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import os from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { runCommand } from "../processes/command.ts";
import type { ProgramMissing } from "../processes/program.ts";
import { type BrowserGroup, openDisplay, startGroup } from "../session/browser-group.ts";
import type { OpenOptions, SelfDrivenBrowser } from "../session/session-host.ts";

const variable = "SEBENCH_WEBKITGTK";

const startLimitMs = 30_000;

/**
 * Finds MiniBrowser, the small browser that WebKitGTK's developers ship: the one that
 * $SEBENCH_WEBKITGTK names, or the newest in the folders of distributions. It has no mode without
 * windows, so Xvfb is needed as well.
 *
 * @throws InputError where one was named and does not start
 */
export async function findWebkitgtk(): Promise<SelfDrivenBrowser | ProgramMissing> {
  const named = process.env[variable];
  const executablePath = miniBrowserPath();
  const remedy = `apt-get install webkit2gtk-driver xvfb; or name a MiniBrowser with ${variable}=PATH`;
  if (executablePath === undefined) {
    return { ok: false, reason: "no MiniBrowser of WebKitGTK is installed", remedy };
  }
  const signal = new AbortController().signal;
  try {
    await using display = await openDisplay(signal);
    const environment = { DISPLAY: display.name, ...quietVariables };
    const output = await runCommand(executablePath, ["--version"], {
      environment,
      timeLimitMs: startLimitMs,
    });
    const version = /WebKitGTK (\d+(?:\.\d+)+)/.exec(output)?.[1];
    if (version === undefined) throw new Error(`it answers "${output.trim().split("\n", 1)[0]}"`);
    return webkitgtk(executablePath, version);
  } catch (cause) {
    const reason = `${executablePath} does not start: ${(cause as Error).message}`;
    if (!named) return { ok: false, reason, remedy };
    throw new InputError(`$${variable} ${reason}`, {
      remedy: `give ${variable} the path of WebKitGTK's MiniBrowser, or unset it`,
    });
  }
}

/** The path of the MiniBrowser that is named, or of the one that is there. */
export function miniBrowserPath(): string | undefined {
  if (process.platform !== "linux") return undefined;
  return process.env[variable] ?? usualPaths().find((path) => existsSync(path));
}

/** The places of MiniBrowser in Debian's folders, by architecture, and in Fedora's and Arch's. */
function usualPaths(): string[] {
  const libraries = readdirSync("/usr/lib", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes("-linux-gnu"))
    .map(({ name }) => join("/usr/lib", name));
  const folders = [...libraries, "/usr/libexec", "/usr/lib", "/usr/lib64"];
  const names = ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name, "MiniBrowser")));
}

/** The variables that keep GTK from looking for services of a desktop. */
const quietVariables = { NO_AT_BRIDGE: "1", GTK_A11Y: "none" };

/** The switches that bear on what is measured. */
const settings = {
  /** Without it WebKitGTK has no memory that threads share, and engines have one thread; Safari has it. */
  JSC_useSharedArrayBuffer: "1",
  /** WebKit calls every renderer "Apple GPU", so it is given the one that is known. */
  LIBGL_ALWAYS_SOFTWARE: "1",
};

/** WebKit's own processes refuse to start in their sandbox as root. */
const asRoot = { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
const isRoot = process.getuid?.() === 0;

/**
 * The threads that an engine is given where none are asked for. WebKit makes up the number of cores,
 * so the engines' own rule is applied to those that there are.
 */
const usualThreads = Math.min(4, Math.ceil(os.availableParallelism() / 2));

function webkitgtk(executablePath: string, version: string): SelfDrivenBrowser {
  return {
    name: "webkitgtk",
    version,
    remedy: `name another MiniBrowser with ${variable}=PATH`,
    quiet: Object.entries(quietVariables).map(([name, value]) => `${name}=${value}`),
    settings: { ...settings, "wasm threads where none are asked for": usualThreads },
    whyUnsandboxed: isRoot
      ? "WebKit refuses it to root"
      : "MiniBrowser starts its pages without one",
    engineOptions: (asked, device) => ({
      ...asked,
      threads: device === "wasm" ? (asked.threads ?? usualThreads) : asked.threads,
      softwareGl: true,
    }),
    open: (address, options) => openMiniBrowser(executablePath, address, options),
  };
}

/** The folders of a desktop's user, all within a folder of the case. */
const homeVariables = {
  HOME: "home",
  XDG_RUNTIME_DIR: "runtime",
  XDG_CACHE_HOME: "cache",
  XDG_DATA_HOME: "data",
  XDG_CONFIG_HOME: "config",
};

async function openMiniBrowser(
  executablePath: string,
  address: string,
  { signal, temporary, headed }: OpenOptions,
): Promise<BrowserGroup> {
  const folder = await mkdtemp(join(temporary.path, "webkit-"));
  const homes: Record<string, string> = {};
  for (const [name, part] of Object.entries(homeVariables)) {
    homes[name] = join(folder, part);
    await mkdir(homes[name], { mode: 0o700 });
  }
  const display = headed ? null : await openDisplay(signal);
  const group = startGroup(executablePath, ["--private", address], {
    signal,
    environment: {
      ...process.env,
      ...homes,
      ...quietVariables,
      ...settings,
      ...(isRoot && asRoot),
      ...(display && { DISPLAY: display.name, WAYLAND_DISPLAY: undefined, GDK_BACKEND: "x11" }),
    },
  });
  return {
    ...group,
    async [Symbol.asyncDispose]() {
      await group[Symbol.asyncDispose]();
      await display?.[Symbol.asyncDispose]();
    },
  };
}
