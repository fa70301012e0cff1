import { locationOfRounds, overheadOfReplicas, toleranceFor } from "@sebench/measure";
import { buildNetwork, countMacs, InputError, plainName } from "@sebench/spec";
import type { Measurement } from "./measurement.ts";

/** One rule that a measurement must keep: gives what is wrong, or null. */
type Rule = (made: Measurement) => string | null;

/**
 * Says what is not believable in a measurement, though its schema holds: figures that do not follow
 * from each other, answers that are not right, times that no device reaches. Nothing can show that
 * a measurement was made as it says; what is shown is that it agrees with itself.
 *
 * @param now The moment of the judgement, in milliseconds since 1970.
 * @returns the first fault in a sentence, or null where the measurement is believed
 */
export function faultOf(made: Measurement, now: number): string | null {
  const rules: readonly Rule[] = [
    ({ day }) => dayFault(day, now),
    subjectFault,
    proofFault,
    parityFault,
    intervalFault,
    samplesFault,
    speedFault,
    widthFault,
  ];
  // A rule takes for granted what those before it have found to be so.
  for (const rule of rules) {
    const fault = rule(made);
    if (fault !== null) return fault;
  }
  return null;
}

const dayMs = 24 * 3600 * 1000;

/** The day before which there was no measurement of this schema. */
const firstDay = "2026-11-01";

function dayFault(day: string, now: number): string | null {
  if (day < firstDay) return `it was measured on ${day}, before there was this kind of measurement`;
  // A device's clock, or its date line, may be ahead.
  if (Date.parse(day) > now + dayMs) return `it was measured on ${day}, which is yet to come`;
  return null;
}

function subjectFault({ subject }: Measurement): string | null {
  const { network, plain, imageSize } = subject;
  try {
    const expected = plainName(buildNetwork(network, { imageSize }).name);
    if (expected === network) return `${network} has no SE`;
    return expected === plain ? null : `the counterpart of ${network} is ${expected}, not ${plain}`;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function proofFault({ subject, proof, host }: Measurement): string | null {
  const device = subject.runtime.split("/")[1]!.split("-")[0]!;
  if (device !== proof.device) return `${subject.runtime} was proven to run on ${proof.device}`;
  const { threads } = proof;
  if (subject.threads !== null && threads !== null && subject.threads !== threads) {
    return `${subject.threads} threads were asked for, and ${threads} computed`;
  }
  if (host.page?.isolated === false && threads !== null && threads > 1) {
    return `${threads} threads computed in a page that is not isolated, which shares no memory`;
  }
  return null;
}

function parityFault({ parity, subject, proof }: Measurement): string | null {
  const tolerance = toleranceFor(subject.precision, proof);
  if (parity.tolerance !== tolerance) {
    return `parity was held to ${parity.tolerance}, and ${tolerance} is due at ${subject.precision}`;
  }
  for (const member of ["plain", "se"] as const) {
    const { relative, top1Agreement, images } = parity[member];
    if (images !== subject.images.count) return `${member} answered ${images} images`;
    if (relative > tolerance || top1Agreement < 1) return `parity of ${member} does not hold`;
  }
  return null;
}

/** How far a figure may be from the one worked out again, relative to it: engines round `exp` apart. */
const rounding = 1e-6;

function intervalFault({ overhead }: Measurement): string | null {
  const { ratio, interval, replicas, within, rounds } = overhead;
  if (within.length !== replicas.length) return "its replicas and their errors differ in number";
  const carried = within.reduce((sum, each) => sum + each.rounds, 0);
  if (carried > rounds) return `its replicas have ${carried} rounds, and all of them ${rounds}`;
  const again = overheadOfReplicas(overhead);
  const figures = [
    [ratio, again.ratio],
    [interval[0], again.interval![0]],
    [interval[1], again.interval![1]],
  ] as const;
  const agrees = figures.every(([told, found]) => Math.abs(told / found - 1) <= rounding);
  return agrees
    ? null
    : `its overhead ${ratio} [${interval.join(", ")}] does not follow from its replicas, which give ${again.ratio} [${again.interval!.join(", ")}]`;
}

/** The half-width of the widest interval that says anything, relative to the ratio. */
const widest = 0.5;

function widthFault({ overhead }: Measurement): string | null {
  const { ratio, interval } = overhead;
  const halfWidth = (interval[1] - interval[0]) / 2 / ratio;
  return halfWidth > widest
    ? `its interval is as wide as ${Math.round(200 * halfWidth)} % of the ratio, which says nothing`
    : null;
}

/** How far the location of some of a replica's rounds may be from that of all, in its errors. */
const errorsApart = 8;
/** The same as a ratio, for replicas whose rounds hardly vary. */
const leastApart = 0.02;

function samplesFault({ members, overhead }: Measurement): string | null {
  const { plain, se } = members;
  for (const { minMs, p50Ms } of [plain, se]) {
    if (minMs > p50Ms) return "a member's least time is above its median";
  }
  const counts = [plain, se].map(({ samplesMs }) => samplesMs.length);
  if (counts.some((count) => count !== overhead.replicas.length)) {
    return "its samples are of other replicas than its overhead";
  }
  for (const [at, ratio] of overhead.replicas.entries()) {
    const [plainMs, seMs] = [plain.samplesMs[at]!, se.samplesMs[at]!];
    if (plainMs.length !== seMs.length) return "its members have other rounds than each other";
    if ([...plainMs, ...seMs].some((ms) => ms <= 0)) return "a run of it took no time";
    const found = locationOfRounds(seMs.map((ms, round) => Math.log(ms / plainMs[round]!)));
    // The error is of all rounds, and the samples may be some of them.
    const { error, rounds } = overhead.within[at]!;
    const ownError = error * Math.sqrt(Math.max(1, rounds / seMs.length));
    if (Math.abs(found - Math.log(ratio)) > Math.max(leastApart, errorsApart * ownError)) {
      return `the samples of replica ${at + 1} do not give its ratio`;
    }
  }
  return null;
}

/** The multiply-accumulates a second that no device of today reaches. */
const fastest = 1e15;
/** The ratios between which the cost of SE lies wherever it was measured. */
const [leastRatio, greatestRatio] = [0.5, 20];

/** The steps of the clock that what is timed takes at least. */
const fewestSteps = 10;

function speedFault({ members, subject, overhead, host }: Measurement): string | null {
  const { network, imageSize, batch } = subject;
  const macs = batch * countMacs(buildNetwork(network, { imageSize }));
  const rate = macs / (members.se.minMs / 1000);
  if (rate > fastest) return `${network} in ${members.se.minMs} ms is faster than any device`;
  if (host.page !== null) {
    const { clockStepMs, runsPerSample } = host.page;
    const steps = (members.plain.p50Ms * runsPerSample) / clockStepMs;
    if (steps < fewestSteps) return `what was timed took ${steps} steps of the clock`;
  }
  const { ratio } = overhead;
  return ratio < leastRatio || ratio > greatestRatio
    ? `SE makes ${network} take ${ratio} times as long, which is not believed`
    : null;
}
