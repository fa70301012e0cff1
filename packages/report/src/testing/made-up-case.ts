import {
  caseId,
  type FailedCase,
  type OkCase,
  type UnavailableCase,
  type UntimedCase,
} from "@sebench/results";
import { type Behaviour, sampleMeasurement } from "./sample-measurement.ts";

const counts = {
  resnet50: { plain: [25_557_032, 4_089_184_256], se: [28_088_024, 4_091_699_200] },
  resnet18: { plain: [11_689_512, 1_814_073_344], se: [11_778_592, 1_814_159_360] },
  resnet20: { plain: [272_474, 31_245_376], se: [274_866, 31_247_464] },
} as const;
type PlainName = keyof typeof counts;

interface Place {
  readonly runtime: string;
  readonly host: OkCase["host"];
  readonly plain: PlainName;
  readonly batch?: number;
}

function identityOf({ runtime, host, plain, batch = 1 }: Place) {
  const parts = {
    runtime,
    host,
    network: `se-${plain}`,
    imageSize: plain === "resnet20" ? 28 : 224,
    batch,
    precision: "fp32" as const,
    lowering: "gemm",
  };
  return { id: caseId(parts), ...parts, plain };
}

const typical: Omit<Behaviour, "plainMs" | "ratio" | "seed"> = {
  spread: 0.004,
  replicas: 5,
  rounds: 12,
  runs: 3,
  prepareMs: 210,
  firstRunMs: 61,
};

const seeded: OkCase["weights"] = {
  kind: "seeded",
  seed: 1,
  hash: { plain: "5f1c".repeat(16), se: "9b07".repeat(16) },
};

const trained: OkCase["weights"] = {
  kind: "trained",
  dataset: "fashion-mnist",
  hash: { plain: "a4".repeat(32), se: "c7".repeat(32) },
};

type Given = Pick<Behaviour, "plainMs" | "ratio" | "seed"> & Partial<Behaviour>;

export function okCase(place: Place, given: Given, changes: Partial<OkCase> = {}): OkCase {
  const identity = identityOf(place);
  const measured = sampleMeasurement({ ...typical, ...given }, identity.batch);
  const member = (name: "plain" | "se") => {
    const [parameters, macs] = counts[place.plain][name];
    return { parameters, macs, ...measured.members[name] };
  };
  const [, device] = place.runtime.split("/");
  const agreement = { maxAbs: 6.1e-7, relative: 1.8e-7, top1Agreement: 1, images: 16, pass: true };
  return {
    ...identity,
    status: "ok",
    engineVersion: "1.30.0",
    hostVersion: hostVersions[place.host],
    hostStart: {
      quiet: [place.host === "chromium" ? "--no-proxy-server" : "ORT_DISABLE_TELEMETRY=1"],
      sandbox: place.host === "chromium" ? "off: Chromium refuses it to root" : null,
    },
    device: { name: "AMD EPYC", details: { threads: 2, simd: true } },
    threads: null,
    weights: place.plain === "resnet20" ? trained : seeded,
    images: { dataset: place.plain === "resnet20" ? "fashion-mnist" : "photographs", count: 16 },
    batchNorm: "folded",
    quantisation: null,
    attestation: {
      device: device as OkCase["attestation"]["device"],
      tf32: false,
      proven: true,
      reason: null,
      software: false,
      threads: device === "cpu" || device === "wasm" ? 2 : null,
      evidence: { plain: { providers: { [device!]: 57 } }, se: { providers: { [device!]: 121 } } },
    },
    preparedFirst: measured.preparedFirst,
    members: { plain: member("plain"), se: member("se") },
    overhead: measured.overhead,
    besideForms: [],
    time: null,
    parity: { tolerance: 1e-4, plain: agreement, se: { ...agreement, relative: 2.4e-7 } },
    conditions: null,
    processor: null,
    calibration: null,
    accuracy: null,
    bound: null,
    start: null,
    ...changes,
  };
}

const hostVersions: Record<OkCase["host"], string> = {
  node: "v20.20.2",
  bun: "1.4.5",
  deno: "2.9.6",
  chromium: "147.0.7727.15",
  firefox: "154.0",
  webkitgtk: "2.50.6",
  safari: "26.1",
  device: "not told",
};

/** A case that a software GPU proves: the fields of a timed one, less its figures. */
export function untimedCase(place: Place, proof: Partial<UntimedCase>): UntimedCase {
  const made = okCase(place, { plainMs: 1, ratio: 1, seed: 1 });
  const member = (name: "plain" | "se", prepareMs: number, firstRunMs: number) => {
    const { parameters, macs } = made.members[name];
    return { parameters, macs, prepareMs, firstRunMs };
  };
  return {
    ...identityOf(place),
    status: "untimed",
    reason: "it is a software GPU: the CPU plays it, so its times would say nothing of a GPU",
    remedy: "give --budget 20, or --profile full, to have it timed all the same",
    engineVersion: made.engineVersion,
    hostVersion: made.hostVersion,
    hostStart: made.hostStart,
    device: made.device,
    threads: made.threads,
    weights: made.weights,
    images: made.images,
    batchNorm: made.batchNorm,
    quantisation: made.quantisation,
    attestation: made.attestation,
    parity: made.parity,
    preparedFirst: "se",
    members: {
      plain: member("plain", 0.31, 121.4),
      se: member("se", 1.62, 2937.6),
    },
    ...proof,
  };
}

export function failedCase(
  place: Place,
  rest: Pick<FailedCase, "reason" | "remedy" | "attestation">,
): FailedCase {
  return { ...identityOf(place), status: "failed", ...rest };
}

export function unavailableCase(place: Place, reason: string, remedy: string): UnavailableCase {
  return { ...identityOf(place), status: "unavailable", reason, remedy };
}
