import type { Page } from "playwright";

type Method = (this: unknown, ...given: unknown[]) => unknown;
type BrowserClass = { readonly prototype: Record<string, Method> };

/** Keeps what a method of one of the browser's classes gives, as `kept`, for `breakKept`. */
export async function keepResult(page: Page, className: string, method: string): Promise<void> {
  await page.evaluate(
    ([name, key]) => {
      const { prototype } = Reflect.get(globalThis, name) as BrowserClass;
      const original = prototype[key]!;
      prototype[key] = function keeping(...given) {
        const result = original.apply(this, given);
        Reflect.set(globalThis, "kept", result);
        return result;
      };
    },
    [className, method] as const,
  );
}

/** A WebGL context or a WebGPU device, as far as it can be taken away. */
interface Breakable {
  destroy?(): void;
  getExtension?(name: "WEBGL_lose_context"): { loseContext(): void };
}

/** Takes the context or the device away from the engine that uses it. */
export async function breakKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const kept = (await Reflect.get(globalThis, "kept")) as Breakable;
    kept.destroy?.();
    kept.getExtension?.("WEBGL_lose_context").loseContext();
  });
}

/** Leaves a WebGL context without one of its extensions. */
export async function hideExtension(page: Page, extension: string): Promise<void> {
  await page.evaluate((hidden) => {
    const { prototype } = Reflect.get(globalThis, "WebGL2RenderingContext") as BrowserClass;
    const original = prototype["getExtension"]!;
    prototype["getExtension"] = function getExtension(name) {
      return name === hidden ? null : original.call(this, name);
    };
  }, extension);
}
