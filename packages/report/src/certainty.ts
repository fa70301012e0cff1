import { median } from "@sebench/measure";
import type { OkCase } from "@sebench/results";
import { formatMoment, formatNumberOf } from "./format.ts";

/** `differences under 0.8 % cannot be told apart here`; null where the case was not calibrated. */
export function noiseFloorText({ calibration }: OkCase): string | null {
  return calibration === null
    ? null
    : `differences under ${percent(calibration.noiseFloor)} cannot be told apart here`;
}

/** Disturbed rounds of all of them, from which on a reader is told at once. */
const noteworthy = 0.1;

/** Null where the machine was left alone. */
export function disturbanceText({ conditions, overhead }: OkCase): string | null {
  if (conditions === null || conditions.disturbedRounds < noteworthy * overhead.rounds) return null;
  return `${conditions.disturbedRounds} of ${overhead.rounds} rounds were disturbed`;
}

type Facts = (readonly [string, string])[];

/** How far the figures of a case can be trusted: its calibration, and the machine meanwhile. */
export function certaintyFacts(record: OkCase): Facts {
  return [["Calibration", calibrationFact(record)], ...conditionFacts(record)];
}

function calibrationFact({ calibration }: OkCase): string {
  if (calibration === null) return "none on this machine; bench calibrate makes one";
  const { noiseFloor, trials, measured } = calibration;
  return `two runs differ by less than ${percent(noiseFloor)} in 95 of 100, from ${formatNumberOf(trials, "trial", "trials")} up to ${formatMoment(measured)}`;
}

function conditionFacts({ conditions, overhead }: OkCase): Facts {
  if (conditions === null) return [["Machine meanwhile", "not told by this host"]];
  const { replicas, disturbedRounds } = conditions;
  const all = (read: (replica: (typeof replicas)[number]) => readonly number[] | null) =>
    replicas.flatMap((replica) => read(replica) ?? []);
  const foreign = all(({ foreignCores }) => foreignCores);
  const parts = [
    `${disturbedRounds} of ${overhead.rounds} rounds disturbed`,
    ...(foreign.length === 0
      ? []
      : [
          `other programs took ${median(foreign).toFixed(2)} cores, at most ${Math.max(...foreign).toFixed(2)}`,
        ]),
    ...rangeText(
      "load",
      all(({ load }) => load),
      "",
    ),
    ...rangeText(
      "clock",
      all(({ clockMHz }) => clockMHz),
      " MHz",
    ),
    ...rangeText(
      "temperature",
      all(({ temperatureC }) => temperatureC),
      " °C",
    ),
    ...rangeText(
      "power",
      all(({ powerW }) => powerW),
      " W",
    ),
  ];
  return [
    ["Machine meanwhile", parts.join("; ")],
    ...gpuFacts(replicas.flatMap(({ gpus }) => gpus)),
  ];
}

type Gpu = NonNullable<OkCase["conditions"]>["replicas"][number]["gpus"][number];

function gpuFacts(states: readonly Gpu[]): Facts {
  return [...new Set(states.map(({ name }) => name))].map((name) => {
    const own = states.filter((state) => state.name === name);
    const all = (read: (state: Gpu) => number | null) => own.flatMap((state) => read(state) ?? []);
    const throttled = own.filter((state) => state.throttled).length;
    const parts = [
      ...rangeText(
        "clock",
        all(({ clockMHz }) => clockMHz),
        " MHz",
      ),
      ...rangeText(
        "temperature",
        all(({ temperatureC }) => temperatureC),
        " °C",
      ),
      ...rangeText(
        "power",
        all(({ powerW }) => powerW),
        " W",
      ),
      `held down for heat or power after ${throttled} of ${own.length} replicas`,
    ];
    return [`${name} meanwhile`, parts.join("; ")] as const;
  });
}

function rangeText(what: string, values: readonly number[], unit: string): string[] {
  if (values.length === 0) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) =>
    String(Number(value.toPrecision(4))),
  );
  return [low === high ? `${what} ${low}${unit}` : `${what} ${low} to ${high}${unit}`];
}

/** Two significant digits: `0.83 %`. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
