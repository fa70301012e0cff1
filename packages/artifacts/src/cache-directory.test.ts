import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultCacheDirectory } from "./cache-directory.ts";

describe("defaultCacheDirectory", () => {
  it("is $SEBENCH_CACHE on every system", () => {
    const environment = { SEBENCH_CACHE: "/fast/cache", XDG_CACHE_HOME: "/xdg" };
    expect(defaultCacheDirectory(environment, "linux")).toBe("/fast/cache");
    expect(defaultCacheDirectory(environment, "win32")).toBe("/fast/cache");
  });

  it("follows $XDG_CACHE_HOME", () => {
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: "/xdg" }, "linux")).toBe(
      join("/xdg", "sebench"),
    );
  });

  it("follows %LOCALAPPDATA% on Windows", () => {
    const local = join("C:", "Users", "ada", "AppData", "Local");
    expect(defaultCacheDirectory({ LOCALAPPDATA: local }, "win32")).toBe(join(local, "sebench"));
  });

  it("is the system's own where no variable says otherwise", () => {
    expect(defaultCacheDirectory({}, "linux")).toBe(join(homedir(), ".cache", "sebench"));
    expect(defaultCacheDirectory({}, "darwin")).toBe(
      join(homedir(), "Library", "Caches", "sebench"),
    );
  });

  it("takes an empty variable as unset", () => {
    const environment = { SEBENCH_CACHE: "", XDG_CACHE_HOME: "" };
    expect(defaultCacheDirectory(environment, "linux")).toBe(join(homedir(), ".cache", "sebench"));
  });
});
