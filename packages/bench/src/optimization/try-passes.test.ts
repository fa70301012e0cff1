import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobHost } from "@sebench/hosts";
import { readModel, writeModel } from "@sebench/models";
import { modelWithSe } from "@sebench/models/testing";
import { afterAll, expect, test } from "vitest";
import { byProfile } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { tryPasses } from "./try-passes.ts";
import type { Candidate, FileParity, Workshop } from "./workshop.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-try-passes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const options: RunOptions = {
  profile: null,
  targets: [],
  targetsNamed: true,
  selection: byProfile,
  models: null,
  weights: { kind: "shipped" },
  threads: null,
  tf32: true,
  timeoutSeconds: null,
  starts: null,
  seed: null,
  shard: null,
  resume: null,
  out: null,
  fetch: false,
  browser: { path: null, headed: false, port: 0 },
};

/** A host on whose clock every challenger takes nine tenths of the time. */
const fasterEachTime = {
  run: async () => ({
    entrants: [1, 0.9].map((ms) => ({ ok: true, mediansMs: Array.from({ length: 8 }, () => ms) })),
  }),
} as unknown as JobHost;

/** A workshop in which the parity of rewritten files is given, in their order. */
function workshopWith(parities: readonly Partial<FileParity>[]): Workshop {
  const path = join(folder, "model.onnx");
  writeFileSync(path, modelWithSe(8, { activation: "hard-swish" }));
  const describe = (at: string) => ({ path: at, external: [], sizes: {} });
  let checked = 0;
  let kept = 0;
  return {
    races: {
      options,
      host: fasterEachTime,
      runtime: "onnxruntime-node/cpu",
      seed: 1,
      signal: new AbortController().signal,
      inputs: "",
      batch: 1,
      roundsMs: 1,
    },
    fed: undefined as unknown as Workshop["fed"],
    untouched: { model: readModel(path), file: describe(path) },
    keep(model): Candidate {
      const to = join(folder, `kept-${kept++}.onnx`);
      writeModel(model, to);
      return { model, file: describe(to) };
    },
    async parityOf() {
      const right = { relative: 0, tolerance: 1e-4, pass: true, reference: "oracle", still: [] };
      return { ...right, ...parities[checked++] };
    },
    async [Symbol.asyncDispose]() {},
  };
}

const operatorsOf = ({ model }: Candidate) => model.graph.nodes.map(({ op }) => op);

test("a pass that is faster and wrong is told, and takes no other with it", async () => {
  const told: string[] = [];
  const workshop = workshopWith([{ relative: 0.25, pass: false }, {}]);
  const tell = (line: string) => void told.push(line);
  const passes = ["reduce-mean", "activation"] as const;
  const {
    passes: records,
    best,
    parity,
  } = await tryPasses(workshop, {
    passes,
    sizes: new Map(),
    tell,
  });
  expect(records).toMatchObject([
    {
      pass: "reduce-mean",
      outcome: "failed",
      reason:
        "it is faster, and its outputs are 0.25 of the greatest apart, where 0.0001 is allowed",
    },
    { pass: "activation", outcome: "kept", gain: { ratio: expect.closeTo(0.9) } },
  ]);
  expect(told).toHaveLength(2);
  expect(parity).toMatchObject({ pass: true });
  expect(operatorsOf(best)).toContain("HardSwish");
  expect(operatorsOf(best)).toContain("GlobalAveragePool");
});

test("the file as it is has no parity to tell", async () => {
  const choice = { passes: ["residual"] as const, sizes: new Map(), tell: () => {} };
  const workshop = workshopWith([]);
  const { best, parity } = await tryPasses(workshop, choice);
  expect({ best, parity }).toEqual({ best: workshop.untouched, parity: null });
});
