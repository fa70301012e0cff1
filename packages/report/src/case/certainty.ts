import { median } from "@sebench/measure";
import type { OkCase } from "@sebench/results";
import { formatMoment, formatNumberOf, formatSeconds } from "../text/format.ts";

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

/** The text `9 of 60 rounds were disturbed`, or null where the machine was left alone. */
export function disturbanceText({ conditions, overhead }: OkCase): string | null {
  if (conditions === null || conditions.disturbedRounds < noteworthy * overhead.rounds) return null;
  return `${conditions.disturbedRounds} of ${overhead.rounds} rounds were disturbed`;
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
