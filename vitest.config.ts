import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of tests that hold times against each other, and so need the machine for themselves. */
const timed = ["**/bound.test.ts", "**/calibrate.test.ts", "**/webgpu-shaders.test.ts"];

/** Packages whose tests start no engine and leave their process as it was. */
const withoutEngines = [
  "cli",
  "datasets",
  "hardware",
  "lowering",
  "measure",
  "onnxruntime",
  "reference",
  "report",
  "results",
  "spec",
  "web-device",
  "weights",
].map((name) => `packages/${name}/src/**/*.test.ts`);

/** The files that take the longest: one that started last would leave the other cores idle. */
const longest = [
  "engines.test.ts",
  "every-network.test.ts",
  "webgpu-conformance.test.ts",
  "lost-device.test.ts",
  "cli.test.ts",
  "published-checkpoints.test.ts",
  "tfjs-engines.test.ts",
  "agreement.test.ts",
  "gate.test.ts",
  "ci-action.test.ts",
  "networks.test.ts",
  "precision-engines.test.ts",
  "run-reference.test.ts",
  "tfjs-fallback.test.ts",
  "eval.test.ts",
  "checker.test.ts",
  "linear-squeeze.test.ts",
  "passes.test.ts",
  "published-weights.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.indexOf(basename(moduleId));
      return index < 0 ? longest.length : index;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- `sort` is the sequencer's, and gives a list.
    return (await super.sort(files)).toSorted(
      (a, b) => groupOf(a) - groupOf(b) || place(a) - place(b),
    );
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

const shared = {
  // A native engine is for one process: two of its kind in two threads share its globals.
  pool: "forks",
  // Engines that tests load in their own process report nothing to their makers.
  env: { ORT_DISABLE_TELEMETRY: "1" },
  // Engines and browsers are heavy, and others run beside them.
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const;

const sideBySide = {
  ...shared,
  // One more than there are cores: a file waits for processes and browsers for a third of its time.
  maxWorkers: availableParallelism() + 1,
  sequence: { groupOrder: 0 },
} as const;

const everything = process.env["SEBENCH_TESTS"] === "all";
if (!everything) {
  console.info(
    "On a covering set of networks and without planted faults; SEBENCH_TESTS=all, as in CI, takes every one.",
  );
}

/** Tests that plant faults in whole commands: signals, full disks, hanging browsers. */
const faults = {
  test: {
    ...sideBySide,
    name: "faults",
    include: ["apps/harness/faults/**/*.test.ts"],
    globalSetup: "apps/page/src/testing/run-folder.ts",
  },
} as const;

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: { ...sideBySide, name: "no-engine", include: withoutEngines, isolate: false },
      },
      {
        test: {
          ...sideBySide,
          name: "side-by-side",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"],
          exclude: [...withoutEngines, ...timed],
          globalSetup: "apps/page/src/testing/run-folder.ts",
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
      ...(everything ? [faults] : []),
    ],
  },
});
