import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { runCommand } from "../processes/command.ts";
import type { ProgramMissing } from "../processes/program.ts";
import { type BrowserGroup, noDisplay, openDisplay, startGroup } from "../session/browser-group.ts";
import type { OpenOptions, SelfDrivenBrowser } from "../session/session-host.ts";

/** The names and places of Firefox, best first. */
const places: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["firefox-esr", "firefox", "/opt/firefox/firefox", "/snap/bin/firefox"],
  darwin: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
  win32: [String.raw`C:\Program Files\Mozilla Firefox\firefox.exe`],
};

const variable = "SEBENCH_FIREFOX";

/** The first version with what is needed here; older ones are not tried. */
const oldest = 140;

const startLimitMs = 30_000;

/**
 * Finds Firefox: the one that $SEBENCH_FIREFOX names, or the first that starts.
 *
 * @throws InputError where one was named and does not start
 */
export async function findFirefox(): Promise<SelfDrivenBrowser | ProgramMissing> {
  const named = process.env[variable];
  if (named) {
    const answer = await askVersion(named);
    if (answer.ok) return firefox(named, answer.version);
    throw new InputError(`$${variable} ${named} does not start: ${answer.reason}`, {
      remedy: `give ${variable} the path of Firefox ${oldest} or later, or unset it`,
    });
  }
  let reason = "none is installed where it usually is";
  for (const place of places[process.platform] ?? []) {
    const answer = await askVersion(place);
    if (answer.ok) return firefox(place, answer.version);
    if (!answer.reason.endsWith("ENOENT")) reason = answer.reason;
  }
  const get = process.platform === "linux" ? "apt-get install firefox-esr" : "https://firefox.com";
  return {
    ok: false,
    reason: `no Firefox that starts: ${reason}`,
    remedy: `install it (${get}), or name one with ${variable}=PATH`,
  };
}

type VersionAnswer =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly reason: string };

async function askVersion(command: string): Promise<VersionAnswer> {
  try {
    const output = await runCommand(command, ["--version"], { timeLimitMs: startLimitMs });
    return readFirefoxVersion(output);
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

/** Reads the version in a line such as `Mozilla Firefox 153.8.0esr`. */
export function readFirefoxVersion(output: string): VersionAnswer {
  const version = /Firefox (\d+\.[\w.]+)/.exec(output)?.[1];
  if (version === undefined) {
    const answer = output.trim().split("\n", 1)[0];
    return { ok: false, reason: `it is not Firefox: it answers "${answer}"` };
  }
  if (Number.parseInt(version, 10) >= oldest) return { ok: true, version };
  return {
    ok: false,
    reason: `Firefox ${version} is older than ${oldest}, the oldest that is tried`,
  };
}

/**
 * The preferences of a profile in which Firefox opens nothing of its own and asks nobody but the
 * page's server.
 */
const quiet = {
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "termsofuse.bypassNotification": true,
  "datareporting.policy.dataSubmissionEnabled": false,
  "datareporting.healthreport.uploadEnabled": false,
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.unified": false,
  "toolkit.telemetry.server": "",
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "app.update.auto": false,
  "extensions.update.enabled": false,
  "extensions.systemAddon.update.enabled": false,
  "extensions.getAddons.cache.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.disablePrefetch": true,
  "network.prefetch-next": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.safebrowsing.downloads.enabled": false,
  "browser.region.update.enabled": false,
  "browser.newtabpage.enabled": false,
  "services.settings.server": "data:,",
  "media.gmp-manager.updateEnabled": false,
  "dom.push.connection.enabled": false,
} as const;

/**
 * The preferences that bear on what is measured: a clock of 0.2 instead of 20 microseconds, and
 * WebGPU where Linux has it switched off. Hidden pages are not slowed, as no page here is shown.
 */
const settings = {
  "privacy.reduceTimerPrecision": false,
  "privacy.reduceTimerPrecision.unconditional": false,
  "dom.webgpu.enabled": true,
  "gfx.webgpu.ignore-blocklist": true,
  "dom.ipc.processHangMonitor": false,
  "dom.max_script_run_time": 0,
} as const;

/**
 * The variables by which Firefox ends as a whole where a page's process dies: it would otherwise
 * show that the tab has crashed, and nobody would be told.
 */
const crashVariables = {
  MOZ_CRASHREPORTER: "1",
  MOZ_CRASHREPORTER_SHUTDOWN: "1",
  MOZ_CRASHREPORTER_DISABLE: "",
  MOZ_CRASHREPORTER_NO_REPORT: "1",
};

/** The devices whose interface Firefox has only where there is a display. */
const needDisplay: ReadonlySet<string> = new Set(["webgl", "webgpu"]);

function firefox(executablePath: string, version: string): SelfDrivenBrowser {
  return {
    name: "firefox",
    version,
    remedy: `name another Firefox with ${variable}=PATH`,
    quiet: Object.entries(quiet).map(([name, value]) => `${name}=${value}`),
    settings,
    whyUnsandboxed: "the system gives Firefox none",
    remedyFor(device) {
      if (device === "webgl") {
        return `${noDisplay.remedy} (under it Firefox has WebGL, in software), or use --headed where there is a display`;
      }
      return device === "webgpu"
        ? "install a Vulkan driver (apt-get install mesa-vulkan-drivers has one in software), or take --host chromium"
        : null;
    },
    open: (address, options) => openFirefox(executablePath, address, options),
  };
}

async function openFirefox(
  executablePath: string,
  address: string,
  { signal, temporary, headed, device }: OpenOptions,
): Promise<BrowserGroup> {
  const home = await mkdtemp(join(temporary.path, "firefox-"));
  const profile = join(home, "profile");
  await mkdir(profile);
  await writeFile(join(profile, "user.js"), preferences({ ...quiet, ...settings }));
  const display =
    needDisplay.has(device) && !headed && process.platform === "linux"
      ? await openDisplay(signal).catch(() => null)
      : null;
  const hasWindow = headed || display !== null;
  const args = [...(hasWindow ? [] : ["--headless"]), "--no-remote", "--profile", profile, address];
  const group = startGroup(executablePath, args, {
    signal,
    environment: {
      ...process.env,
      ...crashVariables,
      HOME: home,
      TMPDIR: home,
      ...(display && { DISPLAY: display.name, WAYLAND_DISPLAY: undefined }),
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

/** Writes preferences as the `user.js` of a profile. */
function preferences(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}
