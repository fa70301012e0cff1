/** Whether the page is cross-origin isolated, and by what or why not. */
export type Isolation =
  | { readonly isolated: true; readonly by: "host" | "worker" }
  | { readonly isolated: false; readonly why: "asked" | "insecure" | "refused" };

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
    await workers.register(new URL("isolation-worker.js", location.href));
    if (!workers.controller) {
      const controlled = new Promise((resolve) => {
        workers.addEventListener("controllerchange", resolve, { once: true });
      });
      await Promise.race([controlled, afterMs(10_000)]);
    }
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
