import type { Interval, OkCase } from "@sebench/results";
import { describe, expect, test } from "vitest";
import { runOf, sampleCase, sampleRun } from "../testing/sample-run.ts";
import { adviceOf, type Headline, headlinesOf } from "./headline.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");

/** A case of the same network whose SE takes this long in every run. */
function caseOf(given: {
  readonly runtime?: string;
  readonly host?: OkCase["host"];
  readonly lowering?: string;
  readonly ms?: number;
  readonly cost?: readonly [ratio: number, interval: Interval | null];
}): OkCase {
  const { runtime = "a/cpu", host = "node", lowering = "gemm", ms = 10, cost } = given;
  const [ratio, interval] = cost ?? [1.1, [1.09, 1.11]];
  const { se } = base.members;
  const latencyMs = { ...se.latencyMs, p50: ms, p50Interval: null };
  const samplesMs = se.samplesMs.map((rounds) => rounds.map((visit) => visit.map(() => ms)));
  return {
    ...base,
    runtime,
    host,
    lowering,
    members: { ...base.members, se: { ...se, latencyMs, samplesMs } },
    overhead: { ...base.overhead, ratio, interval },
  };
}

function headlineOf(...cases: readonly OkCase[]): Headline {
  return headlinesOf(runOf(...cases))[0]!;
}

function sentenceOf(...cases: readonly OkCase[]): string {
  const { fastest, cost } = headlineOf(...cases);
  return [fastest, cost].join(" ");
}

describe("the sentence of a network", () => {
  test("names the fastest runtime and what SE costs there", () => {
    expect(sentenceOf(caseOf({}), caseOf({ runtime: "b/cpu", ms: 30 }))).toBe(
      "a/cpu is the fastest at 10.0 ms; SE costs +10.0 % [9.0, 11.0] there.",
    );
  });

  test("claims no race where one runtime ran", () => {
    expect(sentenceOf(caseOf({}))).toMatch(/^Only a\/cpu can be ranked, at 10\.0 ms; SE costs/);
  });

  test("tells what rewriting gains, with both intervals", () => {
    const rewritten = { lowering: "1:conv1x1/2-5:squeeze-fold", ms: 9.2 } as const;
    expect(
      sentenceOf(
        caseOf({ cost: [1.2, [1.18, 1.22]] }),
        caseOf({ ...rewritten, cost: [1.05, [1.04, 1.06]] }),
        caseOf({ runtime: "b/cpu", ms: 30 }),
      ),
    ).toBe(
      "a/cpu is the fastest at 9.20 ms; rewriting takes SE's cost there from +20.0 % [18.0, 22.0] in the naive form (gemm) to +5.0 % [4.0, 6.0].",
    );
  });

  test("leaves open what rewriting gains where the intervals meet", () => {
    expect(
      sentenceOf(
        caseOf({ cost: [1.2, [1.16, 1.24]] }),
        caseOf({ lowering: "1:conv1x1/2-5:squeeze-fold", ms: 9.8, cost: [1.17, [1.14, 1.2]] }),
      ),
    ).toContain("these cannot be told apart, so whether it gains anything is open.");
  });

  test("says that no form costs less than the naive one", () => {
    expect(
      sentenceOf(
        caseOf({}),
        caseOf({ lowering: "squeeze-fold", ms: 13, cost: [1.3, [1.29, 1.31]] }),
      ),
    ).toContain(
      "SE costs +10.0 % [9.0, 11.0] there in the naive form (gemm), and no other form that was measured costs less.",
    );
  });

  test.each<[string, number, Interval | null, string]>([
    ["holds zero", 1.02, [0.98, 1.06], "+2.0 % [−2.0, 6.0] (cannot be told from zero)"],
    ["is wide", 1.2, [1.09, 1.31], "+20 % [9, 31] (a wide interval)"],
    ["is narrow for its cost", 1.4, [1.34, 1.46], "+40.0 % [34.0, 46.0] there"],
    ["is missing", 1.2, null, "about +20 % (one replica, so no interval)"],
  ])("is honest where the interval %s", (_, ratio, interval, text) => {
    expect(sentenceOf(caseOf({ cost: [ratio, interval] }))).toContain(`SE costs ${text}`);
  });

  test("names all that cannot be told apart as the fastest, and says a doubt that they share once", () => {
    expect(
      sentenceOf(
        caseOf({ cost: [1.01, [0.99, 1.03]] }),
        caseOf({ runtime: "b/cpu", cost: [1.02, [0.99, 1.05]] }),
      ),
    ).toBe(
      "a/cpu (10.0 ms) and b/cpu (10.0 ms) are the fastest and cannot be told apart; SE costs +1.0 % [−1.0, 3.0] and +2.0 % [−1.0, 5.0] there, in this order (each cannot be told from zero).",
    );
  });

  test("says that software GPUs say nothing of speed", () => {
    const software = { ...base, attestation: { ...base.attestation, software: true } };
    const { fastest, cost } = headlineOf(software);
    expect(fastest).toContain("software GPUs alone ran this network");
    expect(cost).toBeNull();
  });
});

describe("the browser against Node", () => {
  test("tells both sides, and by how much the slower one is slower: 25 ms of 10 ms", () => {
    expect(
      headlineOf(caseOf({}), caseOf({ runtime: "w/wasm", host: "chromium", ms: 25 })).browser,
    ).toBe(
      "in the browser w/wasm on chromium (25.0 ms) is the fastest; in Node a/cpu (10.0 ms) is the fastest: the browser takes 2.5 times as long.",
    );
  });

  test("says so where the browser is the faster", () => {
    expect(
      headlineOf(caseOf({ ms: 15 }), caseOf({ runtime: "w/gpu", host: "chromium" })).browser,
    ).toContain("Node takes 1.50 times as long.");
  });

  test("claims nothing where they cannot be told apart", () => {
    expect(
      headlineOf(caseOf({}), caseOf({ runtime: "w/wasm", host: "firefox" })).browser,
    ).toContain(": these cannot be told apart.");
  });

  test("is left out of a run that has one side alone, and said to be missing from a network that has", () => {
    expect(headlineOf(caseOf({})).browser).toBeNull();
    const browsers = headlinesOf(sampleRun).map(({ browser }) => browser);
    expect(browsers[1]).toBe("no browser is ranked on this network.");
  });
});

test("wrong output, lost accuracy and disturbed rounds are warnings", () => {
  const { warnings } = headlineOf(sampleCase("tfjs-web/webgl"));
  expect(warnings).toEqual([
    "tfjs-web/webgl is not ranked: its output is wrong.",
    "Accuracy is lost on tfjs-web/webgl: SE has 700 of 1,000 images right, 228 fewer than the oracle, p < 0.001.",
  ]);
  const conditions = { ...base.conditions!, disturbedRounds: 9 };
  expect(headlineOf({ ...base, conditions }).warnings).toEqual([
    "On onnxruntime-node/cpu (2 threads), 9 of 60 rounds were disturbed.",
  ]);
});

test("the advice is a command that gives more time to the fastest runtime in doubt", () => {
  expect(adviceOf([headlineOf(caseOf({}))])).toBeNull();
  expect(adviceOf([headlineOf(caseOf({ cost: [1.2, [1.1, 1.3]] }))])).toBe(
    "More time narrows an interval: `pnpm bench --runtime a/cpu --network se-resnet50 --budget 60`.",
  );
  const sha256 = "0".repeat(64);
  const weights = { kind: "model", name: "m.onnx", sha256, hash: { plain: "a", se: "b" } } as const;
  const ofModel = { ...caseOf({ cost: [1.2, [1.1, 1.3]] }), weights };
  expect(adviceOf([headlineOf(ofModel)])).toBe(
    "More time narrows an interval: give the same flags, and --budget 60, for m.onnx on a/cpu.",
  );
});
