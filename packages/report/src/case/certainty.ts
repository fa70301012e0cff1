import { median } from "@sebench/measure";
import type { OkCase } from "@sebench/results";
import {
  formatMoment,
  formatMs,
  formatNumberOf,
  formatOverheadWithin,
  formatSeconds,
} from "../text/format.ts";

/**
 * The text `differences under 0.8 % cannot be told apart here`, or null where the case was not
 * calibrated.
 */
export function noiseFloorText({ calibration }: OkCase): string | null {
  return calibration === null
    ? null
    : `differences under ${percent(calibration.noiseFloor)} cannot be told apart here`;
}

/** The share of disturbed rounds from which on a reader is told at once. */
const noteworthy = 0.1;

/**
 * The text `9 of 60 rounds were disturbed`, or null where the machine was left alone. Where one
 * thread did the work, the overhead by processor time stands with it.
 */
export function disturbanceText({ conditions, processor, overhead }: OkCase): string | null {
  const isNoteworthy = (rounds: number) => rounds > 0 && rounds >= noteworthy * overhead.rounds;
  const disturbed = conditions?.disturbedRounds ?? 0;
  const heldUp = heldUpRounds(processor);
  const parts = [
    ...(isNoteworthy(disturbed)
      ? [`${disturbed} of ${overhead.rounds} rounds were disturbed`]
      : []),
    ...(isNoteworthy(heldUp)
      ? [`${heldUp} of ${overhead.rounds} rounds took longer than their processor time explains`]
      : []),
  ];
  if (parts.length === 0) return null;
  const second = processor?.overhead ?? null;
  const cost = second && formatOverheadWithin(second.ratio, second.interval);
  return [...parts, ...(cost === null ? [] : [`by processor time SE costs ${cost}`])].join("; ");
}

function heldUpRounds(processor: OkCase["processor"]): number {
  return processor?.heldUp?.flat().length ?? 0;
}

type Facts = (readonly [string, string])[];

/**
 * The facts that say how far the figures of a case can be trusted: its calibration, and the
 * machine meanwhile.
 */
export function certaintyFacts(record: OkCase): Facts {
  return [
    ["Calibration", calibrationFact(record)],
    ...timeFacts(record),
    ...conditionFacts(record),
    ...processorFacts(record),
  ];
}

/** The time that was spent on the case, and how much of it was timed runs. */
function timeFacts({ time, besideForms }: OkCase): Facts {
  if (time === null) return [];
  const whose = besideForms.length === 0 ? "" : ", all forms together";
  return [
    ["Time", `of ${formatSeconds(time.wallMs)}, ${formatSeconds(time.timedMs)} were timed${whose}`],
  ];
}

function calibrationFact({ calibration }: OkCase): string {
  if (calibration === null) return "none on this machine; bench calibrate makes one";
  const { noiseFloor, trials, measured } = calibration;
  return `two runs differ by less than ${percent(noiseFloor)} in 95 of 100, from ${formatNumberOf(trials, "trial", "trials")} up to ${formatMoment(measured)}`;
}

type Conditions = NonNullable<OkCase["conditions"]>["replicas"][number];
type Gpu = Conditions["gpus"][number];

/** Each quantity in words, and its unit. */
const quantities = {
  load: ["load", ""],
  clockMHz: ["clock", " MHz"],
  temperatureC: ["temperature", " °C"],
  powerW: ["power", " W"],
} as const;
type Quantity = keyof typeof quantities;
const ofMachine = ["load", "clockMHz", "temperatureC", "powerW"] as const;
const ofGpu = ["clockMHz", "temperatureC", "powerW"] as const;

function conditionFacts({ conditions, overhead }: OkCase): Facts {
  if (conditions === null) return [["Machine meanwhile", "not told by this host"]];
  const { replicas, disturbedRounds } = conditions;
  const all = (field: "foreignCores" | Quantity) =>
    replicas.flatMap((replica) => replica[field] ?? []);
  const foreign = all("foreignCores");
  const others = `other programs took ${median(foreign).toFixed(2)} cores, at most ${Math.max(...foreign).toFixed(2)}`;
  const parts = [
    `${disturbedRounds} of ${overhead.rounds} rounds disturbed`,
    ...(foreign.length === 0 ? [] : [others]),
    ...rangeTexts(ofMachine, all),
  ];
  return [
    ["Machine meanwhile", parts.join("; ")],
    ...gpuFacts(replicas.flatMap(({ gpus }) => gpus)),
  ];
}

/** The step from which on a clock of processor time counts in ticks, in milliseconds. */
const tickFromMs = 0.5;

function processorFacts({ processor, overhead }: OkCase): Facts {
  if (processor === null) return [];
  const { members, heldUp, overhead: second, stepMs } = processor;
  const ofRun = (member: "plain" | "se") => formatMs(median(members[member].processorMs.flat()));
  const times = members.se.usualRatio > 0 ? 1 / members.se.usualRatio : 0;
  const parts = [
    `plain ${ofRun("plain")} and SE ${ofRun("se")} a run, ${times.toFixed(2)} cores`,
    ...(heldUp === null
      ? []
      : [`${heldUp.flat().length} of ${overhead.rounds} rounds took longer than it explains`]),
    ...(second === null
      ? []
      : [`SE costs ${formatOverheadWithin(second.ratio, second.interval)} by it`]),
    ...(stepMs < tickFromMs ? [] : [`counted in steps of ${formatMs(stepMs)}`]),
  ];
  return [["Processor time", parts.join("; ")]];
}

function gpuFacts(states: readonly Gpu[]): Facts {
  return [...new Set(states.map(({ name }) => name))].map((name) => {
    const own = states.filter((state) => state.name === name);
    const throttled = own.filter((state) => state.throttled).length;
    const parts = [
      ...rangeTexts(ofGpu, (field) => own.flatMap((state) => state[field] ?? [])),
      `held down for heat or power after ${throttled} of ${own.length} replicas`,
    ];
    return [`${name} meanwhile`, parts.join("; ")] as const;
  });
}

/** The range of each quantity that the system told: `clock 1500 to 2096 MHz`. */
function rangeTexts<Field extends Quantity>(
  fields: readonly Field[],
  valuesOf: (field: Field) => readonly number[],
): string[] {
  return fields.flatMap((field) => {
    const values = valuesOf(field);
    if (values.length === 0) return [];
    const [name, unit] = quantities[field];
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) =>
      String(Number(value.toPrecision(4))),
    );
    return [low === high ? `${name} ${low}${unit}` : `${name} ${low} to ${high}${unit}`];
  });
}

/** A share in percent with two significant digits: `0.83 %`. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
