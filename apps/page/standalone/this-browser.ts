import type { Measurement } from "@sebench/results/measurement";

/** The part of `navigator.userAgentData` that is used, which Chromium has. */
interface UserAgentData {
  readonly mobile: boolean;
  readonly platform: string;
}

const { userAgentData } = navigator as Navigator & { readonly userAgentData?: UserAgentData };
const agent = navigator.userAgent;

/** Whether this is an iPad, which says that it is a Mac. */
const isTablet =
  /iPad|Tablet/.test(agent) ||
  (/Android/.test(agent) && !/Mobile/.test(agent)) ||
  (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);

/** The kind of this device, as far as its browser tells; the person may say otherwise. */
export function deviceKind(): Measurement["device"]["kind"] {
  if (isTablet) return "tablet";
  return (userAgentData?.mobile ?? /Mobile|iPhone/.test(agent)) ? "phone" : "computer";
}

const systems: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"],
  [/iPhone|iPad|iPod/, "iOS"],
  [/Macintosh/, isTablet ? "iOS" : "macOS"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
];

/** The family of the system. */
export function systemName(): string {
  return systems.find(([pattern]) => pattern.test(agent))?.[1] ?? "another system";
}

/**
 * The browser by its engine and the first number of its version. On iOS every browser is WebKit,
 * whatever its name.
 */
export function browserOf(): Pick<Measurement["host"], "name" | "version"> {
  const number = (pattern: RegExp) => pattern.exec(agent)?.[1] ?? null;
  const chromium = number(/Chrom(?:e|ium)\/(\d+)/);
  if (chromium !== null) return { name: "chromium", version: chromium };
  const firefox = number(/Firefox\/(\d+)/);
  if (firefox !== null) return { name: "firefox", version: firefox };
  const webkit = number(/Version\/(\d+)[\d.]* .*Safari/);
  if (webkit === null) return { name: "another browser", version: null };
  // WebKitGTK makes up the number of a Safari, and does not tell its own.
  if (systemName() === "Linux") return { name: "webkitgtk", version: null };
  return { name: "safari", version: webkit };
}

/** Whether the page is cross-origin isolated, and by what or why not. */
export type Isolation =
  | { readonly isolated: true; readonly by: "host" | "worker" }
  | { readonly isolated: false; readonly why: "asked" | "insecure" | "refused" };

/** The time that a service worker gets to start, in milliseconds. */
const patienceMs = 5000;

/** The mark, for this visit, that the page was loaded once more to become isolated. */
const reloadedKey = "sebench-reloaded";

/**
 * Makes the page cross-origin isolated by a service worker that adds the headers, where the host
 * does not send them. The page is loaded once more then, and the promise stays pending.
 *
 * @param wanted Whether the page is to be isolated; false leaves it as its host serves it.
 */
export async function isolate(wanted: boolean): Promise<Isolation> {
  const workers = globalThis.isSecureContext ? navigator.serviceWorker : undefined;
  if (crossOriginIsolated) {
    forget();
    return { isolated: true, by: workers?.controller ? "worker" : "host" };
  }
  if (!wanted) return { isolated: false, why: "asked" };
  if (!workers) return { isolated: false, why: "insecure" };
  if (!(await takeOver(workers))) return { isolated: false, why: "refused" };
  location.reload();
  return new Promise(() => {});
}

/** Whether a service worker controls the page, which has not been loaded again for it. */
async function takeOver(workers: ServiceWorkerContainer): Promise<boolean> {
  try {
    if (sessionStorage.getItem(reloadedKey) !== null) return false;
    const controlled = new Promise((resolve) => {
      workers.addEventListener("controllerchange", resolve, { once: true });
    });
    await workers.register(new URL("isolation-worker.js", location.href));
    if (!workers.controller) await Promise.race([controlled, afterMs(patienceMs)]);
    if (!workers.controller) return false;
    sessionStorage.setItem(reloadedKey, "1");
    return true;
  } catch {
    // A private window may have neither storage nor workers.
    return false;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(reloadedKey);
  } catch {
    // There is nothing to forget where nothing can be kept.
  }
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
