import { answerOnEngine, type JobProgress, type MeasureJob } from "@sebench/jobs";
import {
  type CaseMeasurement,
  type Member,
  memberParity,
  mostReplicas,
  overheadEstimate,
  pairedForms,
  type Samples,
  toleranceFor,
} from "@sebench/measure";
import type { PairDescription } from "@sebench/pairs";
import {
  type Measurement,
  measurement,
  measurementVersion,
  mostLogits,
  overheadFields,
  simdOf,
  thinnedMembers,
} from "@sebench/results/measurement";
import type { Availability, DeviceDescription } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { watchedClockStep } from "../browser/clock-step.ts";
import { loadEngine } from "../browser/engines.ts";
import { type Parameters, standaloneRuntimes } from "./parameters.ts";
import { fetchOracle, shippedSupply } from "./supply.ts";
import { browserOf, deviceKind, systemName } from "./this-browser.ts";

/** The version of sebench that the page was built from. */
declare const SEBENCH_VERSION: string;

/** A watch that hears how far the measurement is. It is awaited between timed runs. */
export interface Watch {
  onProgress(progress: JobProgress): Promise<void>;
  say(words: string): Promise<void>;
}

/**
 * Measures a pair in this page, as the harness measures one in a browser.
 *
 * @throws Error where the engine does not run here, its device is not proven, or its answers are wrong
 */
export async function measurePair(
  pair: PairDescription,
  asked: Pick<Parameters, "runtime" | "threads" | "budget">,
  watch: Watch,
): Promise<Measurement> {
  const visible = pausedWhileHidden();
  const clockStepMs = watchedClockStep();
  let availability: Availability | null = null;
  try {
    const [measured] = pairedForms(
      await answerOnEngine(
        jobOf(pair, asked),
        async (runtime, options) => {
          const engine = await loadEngine(runtime, options);
          availability = await engine.probe();
          return engine;
        },
        {
          supply: shippedSupply(),
          observer: {
            say: (words) => watch.say(words),
            now: visible.now,
            async onProgress(progress) {
              await watch.onProgress(progress);
              await visible.wait();
            },
          },
        },
      ),
    );
    return await describe(pair, asked, measured!, requireAvailable(availability), {
      clockStepMs,
      timesHidden: visible.timesHidden(),
    });
  } finally {
    visible.stop();
  }
}

/** The form of SE that is measured, as it is usually written. */
const lowering = "gemm";

function jobOf(
  pair: PairDescription,
  { runtime, threads, budget }: Pick<Parameters, "runtime" | "threads" | "budget">,
): MeasureJob {
  const assetsUrl = new URL(standaloneRuntimes[runtime], document.baseURI).href;
  return {
    kind: "measure",
    runtime,
    engine: { threads, assetsUrl },
    members: { kind: "networks", pair, forms: [{ lowering }] },
    measure: {
      batch: 1,
      precision: "fp32",
      seed: 1,
      budgetMs: 1000 * budget,
      minReplicas: 5,
      maxReplicas: mostReplicas,
      minRounds: 3,
    },
    labelled: null,
  };
}

/** A clock that stands still while the page is hidden, when nothing is to be timed. */
function pausedWhileHidden() {
  let [pausedMs, times] = [0, 0];
  const count = () => {
    if (document.hidden) times++;
  };
  document.addEventListener("visibilitychange", count);
  return {
    now: () => performance.now() - pausedMs,
    timesHidden: () => times,
    stop: () => document.removeEventListener("visibilitychange", count),
    /** Waits until the page is seen. */
    async wait(): Promise<void> {
      const from = performance.now();
      while (document.hidden) {
        await new Promise((resolve) => {
          document.addEventListener("visibilitychange", resolve, { once: true });
        });
      }
      pausedMs += performance.now() - from;
    },
  };
}

/** Compares what was measured with the oracle, and joins it into a measurement. */
async function describe(
  pair: PairDescription,
  asked: Pick<Parameters, "runtime" | "threads">,
  measured: CaseMeasurement,
  { version, device }: Extract<Availability, { ok: true }>,
  seen: Pick<NonNullable<Measurement["host"]["page"]>, "clockStepMs" | "timesHidden">,
): Promise<Measurement> {
  const proof = proofOf(measured, device);
  const parity = await requireParity(pair, measured, proof);
  const page = {
    secureContext: globalThis.isSecureContext,
    isolated: globalThis.crossOriginIsolated,
    runsPerSample: leastRunsPerSample(measured),
    ...seen,
  };
  const first = (member: Member) => [...measured.logits[member].subarray(0, parity.first)];
  return measurement.parse({
    schema: measurementVersion,
    sebench: SEBENCH_VERSION,
    day: new Date().toISOString().slice(0, 10),
    device: describeDevice(proof.threads === null ? device.name : null),
    host: { ...browserOf(), page },
    subject: {
      runtime: asked.runtime,
      engineVersion: version,
      network: pair.networks.se,
      plain: pair.networks.plain,
      imageSize: pair.imageSize,
      batch: 1,
      precision: "fp32",
      lowering,
      weights: pair.weights,
      images: pair.images,
      threads: asked.threads,
    },
    proof,
    members: thinnedMembers({
      plain: timesOf(measured, "plain"),
      se: timesOf(measured, "se"),
    }),
    overhead: overheadFields(overheadEstimate(measured.replicas), measured.stopped),
    parity: parity.record,
    logits: { plain: first("plain"), se: first("se") },
  });
}

function requireAvailable(availability: Availability | null) {
  if (availability?.ok) return availability;
  throw new Error("the engine was not asked whether it can run");
}

function describeDevice(adapter: string | null): Measurement["device"] {
  return {
    kind: deviceKind(),
    name: null,
    system: systemName(),
    processor: null,
    cores: navigator.hardwareConcurrency,
    adapter: adapter?.slice(0, 80) ?? null,
  };
}

/** The proof of both members together, or an error where the device is not proven. */
function proofOf(
  { attestation: { plain, se } }: CaseMeasurement,
  { details }: DeviceDescription,
): Measurement["proof"] {
  const reason = plain.reason ?? se.reason;
  if (!plain.proven || !se.proven || reason !== null) {
    throw new InputError(`the device is not proven: ${reason}`);
  }
  return {
    device: se.device,
    proven: true,
    software: plain.software || se.software,
    threads: se.threads,
    simd: simdOf({ device: se.device, details }),
    tf32: se.tf32,
  };
}

/** Holds the logits against the oracle's, which ship, and throws where they are wrong. */
async function requireParity(
  { networks, imageSize }: PairDescription,
  { logits }: CaseMeasurement,
  proof: Measurement["proof"],
) {
  const tolerance = toleranceFor("fp32", proof);
  const compare = async (member: Member) => {
    const oracle = await fetchOracle(networks[member], imageSize);
    const found = memberParity(logits[member], oracle.logits, { ...oracle, tolerance });
    if (found.pass) return { found, classes: oracle.classes };
    throw new InputError(
      `the answers of ${networks[member]} are wrong: they are ${found.relative} from the oracle's, and ${tolerance} is allowed`,
    );
  };
  const [plain, se] = [await compare("plain"), await compare("se")];
  return {
    record: { tolerance, plain: plain.found, se: se.found },
    first: Math.min(mostLogits, se.classes),
  };
}

/** The times of one run, by replica, round and sample. */
function timesOf({ replicas }: CaseMeasurement, member: Member): Samples {
  return replicas.map(({ members }) => members[member].samplesMs);
}

/** The fewest runs that a sample of any replica is the mean of. */
function leastRunsPerSample({ replicas }: CaseMeasurement): number {
  return Math.min(...replicas.map(({ members }) => members.plain.runsPerSample ?? 1));
}
