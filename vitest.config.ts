import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"],
    // Engines and browsers are heavy: two at a time would disturb each other.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
