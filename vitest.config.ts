import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Files of tests that hold times against each other, and so need the machine for themselves. */
const timed = [
  "**/bound.test.ts",
  "**/calibrate.test.ts",
  "**/roofline.test.ts",
  "**/webgpu-shaders.test.ts",
];

const shared = {
  // A native engine is for one process: two of its kind in two threads share its globals.
  pool: "forks",
  // Engines and browsers are heavy, and others run beside them.
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "side-by-side",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"],
          exclude: timed,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: "alone",
          include: timed,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
