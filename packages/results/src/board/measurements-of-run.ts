import { overheadEstimate, type PairedRounds } from "@sebench/measure";
import { type OkCase, parityHolds } from "../case/case-record.ts";
import type { MachineRecord } from "../machine/machine-record.ts";
import type { RunRecord } from "../run/run-record.ts";
import {
  type DeviceKind,
  type Measurement,
  measurement,
  measurementVersion,
  overheadFields,
  simdOf,
  thinnedMembers,
} from "./measurement.ts";

/** A case of a run that is no measurement for the board, and why. */
export interface LeftCase {
  readonly id: string;
  readonly why: string;
}

const systems: Readonly<Record<string, string>> = {
  android: "Android",
  darwin: "macOS",
  linux: "Linux",
  win32: "Windows",
};

/** The measurements that a run's record holds, worked out again from its samples. */
export function measurementsOfRun(
  { run, machine, cases }: RunRecord,
  own: { readonly kind: DeviceKind; readonly name: string | null },
): { readonly measurements: Measurement[]; readonly left: LeftCase[] } {
  const measurements: Measurement[] = [];
  const left: LeftCase[] = [];
  for (const record of cases) {
    const made =
      record.status === "ok"
        ? measurementOf(record, run, deviceOf(record, machine, own))
        : `it is ${record.status}`;
    if (typeof made === "string") left.push({ id: record.id, why: made });
    else measurements.push(made);
  }
  return { measurements, left };
}

function deviceOf(
  { device: { name }, attestation }: OkCase,
  { os, cpu }: MachineRecord,
  { kind, name: typed }: { readonly kind: DeviceKind; readonly name: string | null },
): Measurement["device"] {
  const onCpu = attestation.threads !== null;
  return {
    kind,
    name: typed,
    system: systems[os.platform] ?? os.platform,
    processor: cpu.model,
    cores: cpu.usableCores,
    adapter: onCpu ? null : name,
  };
}

/** The measurement of a case, or why there is none. */
function measurementOf(
  record: OkCase,
  { started, sebench }: RunRecord["run"],
  device: Measurement["device"],
): Measurement | string {
  const { attestation, members, weights, images } = record;
  if (!parityHolds(record)) return "its parity does not hold";
  if (weights.kind === "checkpoint") return "its weights are a file that others do not have";
  if (weights.kind === "model") return "it is a model's file that others do not have";
  const samples = { plain: members.plain.samplesMs, se: members.se.samplesMs };
  const overhead = overheadFields(
    overheadEstimate(pairedRounds(samples.plain, samples.se)),
    record.overhead.stopped,
  );
  if (overhead === null) return "it has one replica, and so no interval";
  const { device: proven, software, threads, tf32 } = attestation;
  const { runtime, engineVersion, network, plain, imageSize, batch, precision, lowering } = record;
  const made = measurement.safeParse({
    schema: measurementVersion,
    sebench,
    day: started.slice(0, 10),
    device,
    host: { name: record.host, version: record.hostVersion, page: null },
    subject: {
      runtime,
      engineVersion,
      network,
      plain,
      imageSize,
      batch,
      precision,
      lowering,
      weights:
        weights.kind === "seeded"
          ? { kind: weights.kind, seed: weights.seed }
          : { kind: weights.kind },
      images,
      threads: record.threads,
    },
    proof: {
      device: proven,
      proven: true,
      software,
      threads,
      simd: simdOf({ device: proven, details: record.device.details }),
      tf32,
    },
    members: thinnedMembers(samples),
    overhead,
    parity: record.parity,
    logits: null,
  });
  return made.success
    ? made.data
    : `it does not fit a measurement: ${made.error.issues[0]!.message}`;
}

function pairedRounds(
  plain: OkCase["members"]["plain"]["samplesMs"],
  se: OkCase["members"]["se"]["samplesMs"],
): PairedRounds[] {
  return plain.map((rounds, replica) => ({
    members: { plain: { samplesMs: rounds }, se: { samplesMs: se[replica]! } },
  }));
}
